/* The printed block in the real pam_exec. */
#include "tests/serve/service.h"

#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>

TestSuite(pam, .init = service_setup, .fini = service_teardown, .timeout = 300);

/* Answers each question with the token. */
static int converse(int count, const struct pam_message **messages, struct pam_response **responses,
                    void *arg)
{
    (void)messages;
    *responses = calloc((size_t)count, sizeof **responses);
    for (int i = 0; *responses && i < count; i++)
        (*responses)[i].resp = strdup(arg);
    return *responses ? PAM_SUCCESS : PAM_BUF_ERR;
}

static int log_in(const char *user, char *token)
{
    const struct pam_conv conversation = {.conv = converse, .appdata_ptr = token};
    pam_handle_t *handle = NULL;
    cr_assert_eq(pam_start_confdir("guarded", user, &conversation, run_folder, &handle),
                 PAM_SUCCESS);
    int result = pam_authenticate(handle, PAM_SILENT);
    pam_end(handle, result);
    return result;
}

Test(pam, an_account_logs_in_with_its_own_token)
{
    char another[64];
    cr_assert_eq(run("serve", "--snippet", "pam"), 0, "%s", run_err);
    char *block = strdup(run_out);
    run_file("guarded", block, 0600);
    free(block);
    cr_assert_eq(run("account", "create", "cd"), 0);
    run_generate("cd", "");
    snprintf(another, sizeof another, "%s", run_out);

    cr_assert_eq(log_in("ci", service_token), PAM_SUCCESS);
    cr_assert_eq(log_in("sa::ci", service_token), PAM_SUCCESS);
    cr_assert_neq(log_in("ci", another), PAM_SUCCESS, "another account's");
    cr_assert_neq(log_in("cd", service_token), PAM_SUCCESS);
    cr_assert_eq(log_in("cd", another), PAM_SUCCESS);
    cr_assert_neq(log_in("nobody", service_token), PAM_SUCCESS);
    cr_assert_neq(log_in("ci\" --account \"cd", another), PAM_SUCCESS, "a name is a name");
    cr_assert_neq(log_in("$(touch x)", service_token), PAM_SUCCESS);
    cr_assert_neq(log_in("ci", "nonsense"), PAM_SUCCESS);
    cr_assert_eq(run("account", "deactivate", "ci"), 0);
    cr_assert_neq(log_in("ci", service_token), PAM_SUCCESS);
}
