#include "src/cli/many.h"

#include <gatehouse/text.h>
#include <stdlib.h>

static enum error print_outcomes(const struct call *call, struct outcome *outcomes)
{
    struct json_list list = {0};
    enum error e = OK;
    for (int i = 0; i < call->argc && !e; i++) {
        if (!call->json) {
            print_line("%s", outcomes[i].line);
            continue;
        }
        e = json_list_add(&list, outcomes[i].object);
        outcomes[i].object = NULL;
    }
    if (call->json) json_list_end(&list);
    return e;
}

static enum error ask(const struct call *call, const struct many_question *question,
                      const struct outcome *outcomes)
{
    int changed = 0;
    for (int i = 0; i < call->argc; i++)
        changed += outcomes[i].changed;
    if (!question || changed < 2) return OK;
    return call_ask_yes(call, "this would %s %s %s", question->before, number_text(changed).text,
                        question->after);
}

enum error many_run(struct call *call, const struct many_question *question,
                    enum error (*one)(const struct call *call, const char *typed,
                                      struct outcome *outcome))
{
    struct outcome *outcomes = calloc((size_t)call->argc, sizeof *outcomes);
    if (!outcomes) return fail_memory();
    enum error e = store_begin(call->act.store);
    if (!e) {
        for (int i = 0; i < call->argc && !e; i++)
            e = one(call, call->argv[i], &outcomes[i]);
        if (!e) e = ask(call, question, outcomes);
        e = store_end(call->act.store, e);
    }
    if (!e) e = print_outcomes(call, outcomes);
    for (int i = 0; i < call->argc; i++)
        json_decref(outcomes[i].object);
    free(outcomes);
    return e;
}
