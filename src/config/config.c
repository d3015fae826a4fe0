#include <gatehouse/config.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_SIZE = 512, DAY_SECONDS = 86400 };

void config_complain(struct config *config, int line, const char *format, ...)
{
    if (config->problem_count == CONFIG_PROBLEMS_MAX) return;
    char *out = config->problems[config->problem_count++];
    int used = line ? snprintf(out, CONFIG_PROBLEM_SIZE, "line %d: ", line) : 0;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(out + used, (size_t)(CONFIG_PROBLEM_SIZE - used), format, arguments);
    va_end(arguments);
}

static char *trim(char *text)
{
    text += strspn(text, " \t");
    size_t size = strlen(text);
    while (size && strchr(" \t\r\n", text[size - 1]))
        text[--size] = 0;
    return text;
}

static void read_theme(struct config *config, int line, const char *value)
{
    static const char *const themes[] = {"dark", "light", "plain"};
    for (size_t i = 0; i < sizeof themes / sizeof *themes; i++) {
        if (strcmp(value, themes[i]) != 0) continue;
        snprintf(config->theme, sizeof config->theme, "%s", value);
        return;
    }
    config_complain(config, line, "there is no theme “%s”: dark, light or plain", value);
}

static void read_mouse(struct config *config, int line, const char *value)
{
    if (strcmp(value, "on") == 0 || strcmp(value, "off") == 0)
        config->mouse = value[1] == 'n';
    else
        config_complain(config, line, "the mouse is on or off, not “%s”", value);
}

static void read_seconds(struct config *config, int line, const char *value, int least,
                         int64_t *out)
{
    size_t digits = strspn(value, "0123456789");
    long seconds = digits && digits <= 6 && !value[digits] ? strtol(value, NULL, 10) : -1;
    if (seconds >= least && seconds <= DAY_SECONDS)
        *out = seconds;
    else
        config_complain(config, line, "“%s” is not a number of seconds from %d to %d", value, least,
                        DAY_SECONDS);
}

/* Commands have names with blanks; the file writes them with dots. */
static void read_key(struct config *config, int line, const char *command, const char *value)
{
    if (config->key_count == CONFIG_KEYS_MAX || strlen(command) >= CONFIG_VALUE_SIZE ||
        strlen(value) >= CONFIG_VALUE_SIZE) {
        config_complain(config, line, "there are too many keys, or a name is too long");
        return;
    }
    struct config_key *key = &config->keys[config->key_count++];
    key->line = line;
    strcpy(key->keys, value);
    strcpy(key->command, command);
    for (char *at = key->command; *at; at++)
        if (*at == '.') *at = ' ';
}

static void read_pair(struct config *config, int line, char *name, const char *value)
{
    if (strcmp(name, "theme") == 0)
        read_theme(config, line, value);
    else if (strcmp(name, "mouse") == 0)
        read_mouse(config, line, value);
    else if (strcmp(name, "vault.idle") == 0)
        read_seconds(config, line, value, 10, &config->vault_idle);
    else if (strcmp(name, "clipboard.clear") == 0)
        read_seconds(config, line, value, 0, &config->clipboard_clear);
    else if (strncmp(name, "key", 3) == 0 && (name[3] == ' ' || name[3] == '\t'))
        read_key(config, line, trim(name + 4), value);
    else
        config_complain(config, line,
                        "there is no “%s”: theme, mouse, vault.idle, clipboard.clear or key "
                        "COMMAND",
                        name);
}

static void read_line(struct config *config, int line, char *text)
{
    text = trim(text);
    if (!*text || *text == '#') return;
    char *equals = strchr(text, '=');
    if (!equals) {
        config_complain(config, line, "“%s” has no = : write name = value", text);
        return;
    }
    *equals = 0;
    read_pair(config, line, trim(text), trim(equals + 1));
}

/* Whether the whole line fits into `text`; the rest of a longer one is skipped. */
static bool is_whole(FILE *file, const char *text)
{
    size_t size = strlen(text);
    if (size + 1 < LINE_SIZE || text[size - 1] == '\n') return true;
    for (int c; (c = fgetc(file)) != EOF && c != '\n';)
        continue;
    return false;
}

static void read_lines(struct config *config, FILE *file)
{
    char text[LINE_SIZE];
    for (int line = 1; fgets(text, sizeof text, file); line++) {
        if (is_whole(file, text))
            read_line(config, line, text);
        else
            config_complain(config, line, "it is longer than %d bytes", LINE_SIZE - 2);
    }
    if (ferror(file)) config_complain(config, 0, "it cannot be read: %s", strerror(errno));
}

void config_read_file(const char *path, struct config *out)
{
    struct stat info;
    *out = (struct config){.vault_idle = -1, .clipboard_clear = -1};
    /* So that opening a pipe does not wait for a writer. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        if (errno != ENOENT && errno != ENOTDIR)
            config_complain(out, 0, "%s cannot be read: %s", path, strerror(errno));
        return;
    }
    FILE *file = fstat(fd, &info) == 0 && S_ISREG(info.st_mode) ? fdopen(fd, "r") : NULL;
    if (!file) {
        config_complain(out, 0, "%s is not a regular file", path);
        close(fd);
        return;
    }
    read_lines(out, file);
    fclose(file);
}

void config_load(struct config *out)
{
    const char *folder = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    char path[4096] = "";
    if (folder && *folder == '/')
        snprintf(path, sizeof path, "%s/gatehouse/config", folder);
    else if (home && *home)
        snprintf(path, sizeof path, "%s/.config/gatehouse/config", home);
    config_read_file(path, out);
}

int64_t config_shorter(int64_t own, int64_t setting)
{
    if (own <= 0) return setting;
    return setting == 0 || own < setting ? own : setting;
}
