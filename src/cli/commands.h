/* The sub-commands, one entry each, from their cmd_*.c. */
#ifndef GATEHOUSE_SRC_CLI_COMMANDS_H
#define GATEHOUSE_SRC_CLI_COMMANDS_H

#include "src/cli/command.h"

extern const struct command command_init;
extern const struct command command_account_list;
extern const struct command command_account_show;
extern const struct command command_account_create;
extern const struct command command_account_edit;
extern const struct command command_account_activate;
extern const struct command command_account_deactivate;
extern const struct command command_account_delete;
extern const struct command command_token_list;
extern const struct command command_token_generate;
extern const struct command command_token_copy;
extern const struct command command_token_reveal;
extern const struct command command_token_rename;
extern const struct command command_token_suspend;
extern const struct command command_token_resume;
extern const struct command command_token_rotate;
extern const struct command command_token_expire;
extern const struct command command_token_forget;
extern const struct command command_token_canary;
extern const struct command command_token_revoke;
extern const struct command command_search_list;
extern const struct command command_search_save;
extern const struct command command_search_delete;
extern const struct command command_check;
extern const struct command command_scan;
extern const struct command command_group_list;
extern const struct command command_group_show;
extern const struct command command_group_create;
extern const struct command command_group_edit;
extern const struct command command_group_rename;
extern const struct command command_group_delete;
extern const struct command command_group_add;
extern const struct command command_group_remove;
extern const struct command command_permission_list;
extern const struct command command_permission_show;
extern const struct command command_permission_create;
extern const struct command command_permission_edit;
extern const struct command command_permission_delete;
extern const struct command command_permission_grant;
extern const struct command command_permission_revoke;
extern const struct command command_verify;
extern const struct command command_why;
extern const struct command command_panic;
extern const struct command command_vault_status;
extern const struct command command_vault_slots;
extern const struct command command_vault_add;
extern const struct command command_vault_remove;
extern const struct command command_vault_change;
extern const struct command command_vault_rekey;
extern const struct command command_setting_list;
extern const struct command command_setting_get;
extern const struct command command_setting_set;
extern const struct command command_audit;
extern const struct command command_audit_verify;
extern const struct command command_audit_head;
extern const struct command command_import;
extern const struct command command_export;
extern const struct command command_apply;
extern const struct command command_backup;
extern const struct command command_restore;
extern const struct command command_doctor;
extern const struct command command_demo;
extern const struct command command_help;

#endif
