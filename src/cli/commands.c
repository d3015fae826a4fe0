#include "src/cli/commands.h"

#include <string.h>

const struct command *const commands[] = {
    &command_init,
    &command_account_list,
    &command_account_show,
    &command_account_create,
    &command_account_edit,
    &command_account_activate,
    &command_account_deactivate,
    &command_account_delete,
    &command_token_list,
    &command_token_generate,
    &command_token_copy,
    &command_token_reveal,
    &command_token_rename,
    &command_token_suspend,
    &command_token_resume,
    &command_token_rotate,
    &command_token_expire,
    &command_token_forget,
    &command_token_canary,
    &command_token_revoke,
    &command_search_list,
    &command_search_save,
    &command_search_delete,
    &command_group_list,
    &command_group_show,
    &command_group_create,
    &command_group_edit,
    &command_group_rename,
    &command_group_delete,
    &command_group_add,
    &command_group_remove,
    &command_permission_list,
    &command_permission_show,
    &command_permission_create,
    &command_permission_edit,
    &command_permission_delete,
    &command_permission_grant,
    &command_permission_revoke,
    &command_verify,
    &command_check,
    &command_scan,
    &command_why,
    &command_panic,
    &command_vault_status,
    &command_vault_slots,
    &command_vault_add,
    &command_vault_remove,
    &command_vault_change,
    &command_vault_rekey,
    &command_setting_list,
    &command_setting_get,
    &command_setting_set,
    &command_audit,
    &command_audit_verify,
    &command_audit_head,
    &command_import,
    &command_export,
    &command_apply,
    &command_backup,
    &command_restore,
    &command_doctor,
    &command_demo,
    &command_help,
    NULL,
};

const struct command_option json_option[] = {
    {.name = "json", .sentence = "print JSON, for scripts"},
    {0},
};
const struct command_option help_option[] = {
    {.name = "help", .sentence = "say how it is used"},
    {0},
};

/* How many words of `words` argv begins with; 0 unless all of them. */
static int match_words(const char *words, int argc, char **argv)
{
    int count = 0;
    while (*words) {
        size_t length = strcspn(words, " ");
        if (count == argc || strlen(argv[count]) != length ||
            strncmp(argv[count], words, length) != 0)
            return 0;
        words += length + (words[length] == ' ');
        count++;
    }
    return count;
}

const struct command *command_find(int argc, char **argv, int *words)
{
    const struct command *found = NULL;
    *words = 0;
    for (size_t i = 0; commands[i]; i++) {
        int matched = match_words(commands[i]->words, argc, argv);
        if (matched <= *words) continue;
        *words = matched;
        found = commands[i];
    }
    return found;
}

bool command_is_group(const char *word)
{
    size_t length = strlen(word);
    for (size_t i = 0; length && commands[i]; i++)
        if (strncmp(commands[i]->words, word, length) == 0 && commands[i]->words[length] == ' ')
            return true;
    return false;
}

void command_options(const struct command *command,
                     struct command_option out[static COMMAND_OPTIONS_MAX + 1])
{
    size_t count = 0;
    for (const struct command_option *o = command->options; o && o->name; o++)
        out[count++] = *o;
    if (!command->no_json) out[count++] = json_option[0];
    out[count++] = help_option[0];
    out[count] = (struct command_option){0};
}
