#include "ui/screens/tour.h"

#include "ui/command.h"
#include "ui/kit/dialog.h"

#include <stdio.h>

void tour_open(struct app *app)
{
    char text[1024];
    snprintf(text, sizeof text,
             "%s opens an account: its tokens, groups, permissions.\n"
             "%s switches it off: its tokens stop working. %s takes it back.\n"
             "%s creates an account and sends its token to the clipboard.\n"
             "%s filters as you type, %s marks all that match.\n"
             "%s shows who did what, %s the keys; %s finds all by name.",
             command_key(COMMAND_ACCOUNT_EDIT).text, command_key(COMMAND_ACCOUNT_TOGGLE).text,
             command_key(COMMAND_UNDO).text, command_key(COMMAND_ACCOUNT_NEW).text,
             command_key(COMMAND_FILTER).text, command_key(COMMAND_MARK_ALL).text,
             command_key(COMMAND_TAB_AUDIT).text, command_key(COMMAND_HELP).text,
             command_key(COMMAND_PALETTE).text);
    confirm_open(app, &(struct confirm){.title = "Things to try", .text = text, .cancel = "Start"});
}
