#include <gatehouse/keybox.h>

#include <gatehouse/beside.h>

#include <sodium.h>
#include <stdbool.h>
#include <string.h>

/* Integers in the formats: little-endian, whatever the machine. */
static void put64(uint8_t *out, uint64_t value)
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t get64(const uint8_t *in)
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value |= (uint64_t)in[i] << (8 * i);
    return value;
}

/* Our own tokens have a fixed length. Others are preceded by their length and padded with zeros. */
enum {
    BOX_OWN = 1,
    BOX_ANY = 2,
    TOKEN_AT = 1,
    ACCOUNT_AT = TOKEN_AT + 8,
    OWN_AT = ACCOUNT_AT + 8,
    LENGTH_AT = OWN_AT,
    ANY_AT = LENGTH_AT + 2,
    OWN_SIZE = OWN_AT + TOKEN_TEXT_SIZE
};
_Static_assert(KEYBOX_BOX_SIZE == OWN_SIZE + crypto_box_SEALBYTES, "the header");
_Static_assert(KEYBOX_BOX_MAX == ANY_AT + TOKEN_VALUE_MAX + crypto_box_SEALBYTES, "the header");
_Static_assert(TOKEN_VALUE_MAX % KEYBOX_PAD == 0, "the longest text needs no padding");
_Static_assert(KEYBOX_PUBLIC_SIZE == crypto_box_PUBLICKEYBYTES, "an X25519 public key");
_Static_assert(KEYBOX_SECRET_SIZE == crypto_box_SECRETKEYBYTES, "an X25519 secret key");

_Static_assert(KEYBOX_SIGN_KEY_SIZE == crypto_sign_PUBLICKEYBYTES, "an Ed25519 public key");
_Static_assert(KEYBOX_SIGNATURE_SIZE == crypto_sign_BYTES, "an Ed25519 signature");
static const char signing[] = "gatehouse signing key 1"; /* hashed with the secret key as the key */

enum error keybox_new_pair(uint8_t public_key[static KEYBOX_PUBLIC_SIZE],
                           struct secret **secret_key)
{
    struct secret *secret;
    enum error e = secret_new(KEYBOX_SECRET_SIZE, &secret);
    if (e) return e;
    if (crypto_box_keypair(public_key, (uint8_t *)secret->bytes) != 0) {
        secret_free(secret);
        return fail(ERR_SYSTEM, "cannot make a key pair");
    }
    secret->size = KEYBOX_SECRET_SIZE;
    *secret_key = secret;
    return OK;
}

/* A fresh secret is zeroed, which is the padding. */
static size_t write_plain(const struct secret *text, uint8_t *bytes)
{
    if (text->size == TOKEN_TEXT_SIZE) {
        bytes[0] = BOX_OWN;
        memcpy(bytes + OWN_AT, text->bytes, text->size);
        return OWN_SIZE;
    }
    bytes[0] = BOX_ANY;
    bytes[LENGTH_AT] = (uint8_t)(text->size & 0xFF);
    bytes[LENGTH_AT + 1] = (uint8_t)(text->size >> 8);
    memcpy(bytes + ANY_AT, text->bytes, text->size);
    return ANY_AT + (text->size + KEYBOX_PAD - 1) / KEYBOX_PAD * KEYBOX_PAD;
}

enum error keybox_seal(const uint8_t public_key[static KEYBOX_PUBLIC_SIZE], int64_t token,
                       int64_t account, const struct secret *text, struct keybox *box)
{
    if (text->size == 0 || text->size > TOKEN_VALUE_MAX)
        return fail(ERR_INVALID, "only a token of 1 to %d bytes can be sealed", TOKEN_VALUE_MAX);
    struct secret *plain;
    enum error e = secret_new(KEYBOX_BOX_MAX, &plain);
    if (e) return e;
    uint8_t *bytes = (uint8_t *)plain->bytes;
    size_t size = write_plain(text, bytes);
    put64(bytes + TOKEN_AT, (uint64_t)token);
    put64(bytes + ACCOUNT_AT, (uint64_t)account);
    box->size = size + crypto_box_SEALBYTES;
    if (crypto_box_seal(box->bytes, bytes, size, public_key) != 0)
        e = fail(ERR_SECRET, "the public key of the vault is not a valid key: restore a backup");
    secret_free(plain);
    return e;
}

/* Finds the text in an opened box; false if the box is inconsistent. */
static bool find_text(const struct secret *plain, size_t *at, size_t *size)
{
    const uint8_t *bytes = (const uint8_t *)plain->bytes;
    if (bytes[0] == BOX_OWN) {
        *at = OWN_AT;
        *size = TOKEN_TEXT_SIZE;
        return plain->size == OWN_SIZE;
    }
    if (plain->size <= ANY_AT) return false;
    *at = ANY_AT;
    *size = (size_t)bytes[LENGTH_AT] | (size_t)bytes[LENGTH_AT + 1] << 8;
    return *size > 0 && *size <= plain->size - ANY_AT;
}

static enum error read_plain(const struct secret *plain, int64_t token, int64_t account,
                             struct secret **text)
{
    const uint8_t *bytes = (const uint8_t *)plain->bytes;
    size_t at, size;
    if (bytes[0] != BOX_OWN && bytes[0] != BOX_ANY)
        return fail(ERR_SECRET,
                    "this sealed token has format %d: only a newer Gatehouse can read it",
                    bytes[0]);
    if (!find_text(plain, &at, &size))
        return fail(ERR_SECRET, "the sealed copy is damaged: rotate the token");
    if (get64(bytes + TOKEN_AT) != (uint64_t)token ||
        get64(bytes + ACCOUNT_AT) != (uint64_t)account)
        return fail(ERR_SECRET, "the sealed copy belongs to another token: the database was "
                                "tampered with; restore a backup or rotate the token");
    struct secret *secret;
    enum error e = secret_new(size, &secret);
    if (e) return e;
    e = secret_set(secret, bytes + at, size);
    if (e)
        secret_free(secret);
    else
        *text = secret;
    return e;
}

enum error keybox_open(const uint8_t public_key[static KEYBOX_PUBLIC_SIZE],
                       const struct secret *secret_key, int64_t token, int64_t account,
                       const uint8_t *box, size_t box_size, struct secret **text)
{
    if (box_size < OWN_AT + crypto_box_SEALBYTES || box_size > KEYBOX_BOX_MAX ||
        secret_key->size != KEYBOX_SECRET_SIZE)
        return fail(ERR_SECRET, "the sealed copy is damaged: rotate the token");
    struct secret *plain;
    enum error e = secret_new(KEYBOX_BOX_MAX, &plain);
    if (e) return e;
    plain->size = box_size - crypto_box_SEALBYTES;
    if (crypto_box_seal_open((uint8_t *)plain->bytes, box, box_size, public_key,
                             (const uint8_t *)secret_key->bytes) != 0)
        e = fail(ERR_SECRET, "the sealed copy cannot be opened: rotate the token");
    else
        e = read_plain(plain, token, account, text);
    secret_free(plain);
    return e;
}

enum error keybox_sign(const struct secret *secret_key, const uint8_t *bytes, size_t size,
                       uint8_t key[static KEYBOX_SIGN_KEY_SIZE],
                       uint8_t signature[static KEYBOX_SIGNATURE_SIZE])
{
    struct secret *pair;
    enum error e = secret_new(crypto_sign_SECRETKEYBYTES + crypto_sign_SEEDBYTES, &pair);
    if (e) return e;
    uint8_t *own = (uint8_t *)pair->bytes, *seed = own + crypto_sign_SECRETKEYBYTES;
    crypto_generichash(seed, crypto_sign_SEEDBYTES, (const uint8_t *)signing, sizeof signing - 1,
                       (const uint8_t *)secret_key->bytes, secret_key->size);
    crypto_sign_seed_keypair(key, own, seed);
    crypto_sign_detached(signature, NULL, bytes, size, own);
    secret_free(pair);
    return OK;
}

bool keybox_is_signed(const uint8_t key[static KEYBOX_SIGN_KEY_SIZE], const uint8_t *bytes,
                      size_t size, const uint8_t signature[static KEYBOX_SIGNATURE_SIZE])
{
    return crypto_sign_verify_detached(signature, bytes, size, key) == 0;
}

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
static const char shape[] = "xxxx-xxxxx-xxxx-xxxx-xxxxx-xxxx";
enum { BASE = 32, LETTERS = 26, CODE_SIZE = sizeof shape - 1, KEY_FILE_BYTES = 32 };

/* Formats `letters` with the dashes of `shape`. */
static void lay_out(const char *letters, struct secret *code)
{
    for (size_t i = 0; i < CODE_SIZE; i++)
        code->bytes[i] = shape[i] == 'x' ? *letters++ : '-';
    code->bytes[CODE_SIZE] = '\0';
    code->size = CODE_SIZE;
}

enum error keybox_recovery_code(struct secret **out)
{
    struct secret *letters = NULL, *code = NULL;
    enum error e = secret_new(LETTERS, &letters);
    if (!e) e = secret_new(CODE_SIZE, &code);
    if (!e) {
        for (size_t i = 0; i < LETTERS; i++)
            letters->bytes[i] = alphabet[randombytes_uniform(BASE)];
        lay_out(letters->bytes, code);
        *out = code;
    }
    secret_free(letters);
    return e;
}

/* The canonical letter; '\0' if there is none, ' ' for characters to be skipped. */
static char read_letter(char c)
{
    if (c >= 'a' && c <= 'z') c = (char)(c - 'a' + 'A');
    if (c == '-' || c == ' ' || c == '\t' || c == '\r' || c == '\n') return ' ';
    if (c == 'O') return '0';
    if (c == 'I' || c == 'L') return '1';
    return c && strchr(alphabet, c) ? c : '\0';
}

static enum error read_letters(const struct secret *code, struct secret *letters)
{
    for (size_t i = 0; i < code->size; i++) {
        char letter = read_letter(code->bytes[i]);
        if (letter == ' ') continue;
        if (!letter || letters->size == LETTERS)
            return fail(ERR_INVALID, "a recovery code has %d letters and digits, without U",
                        LETTERS);
        enum error e = secret_append(letters, &letter, 1);
        if (e) return e;
    }
    if (letters->size != LETTERS)
        return fail(ERR_INVALID, "a recovery code has %d letters and digits; this one has %zu",
                    LETTERS, letters->size);
    return OK;
}

enum error keybox_recovery_normalise(struct secret *code)
{
    struct secret *letters = NULL, *canonical = NULL;
    enum error e = secret_new(LETTERS, &letters);
    if (!e) e = read_letters(code, letters);
    if (!e) e = secret_new(CODE_SIZE, &canonical);
    if (!e) {
        lay_out(letters->bytes, canonical);
        /* `code` may be too small for the dashes, so it takes the new buffer. */
        struct secret old = *code;
        *code = *canonical;
        *canonical = old;
    }
    secret_free(canonical);
    secret_free(letters);
    return e;
}

enum error keybox_write_key_file(const char *path)
{
    struct secret *raw = NULL, *line = NULL;
    size_t line_size = sodium_base64_encoded_len(KEY_FILE_BYTES, sodium_base64_VARIANT_ORIGINAL);
    enum error e = secret_new(KEY_FILE_BYTES, &raw);
    if (!e) e = secret_new(line_size, &line);
    if (!e) {
        randombytes_buf(raw->bytes, KEY_FILE_BYTES);
        sodium_bin2base64(line->bytes, line_size, (const uint8_t *)raw->bytes, KEY_FILE_BYTES,
                          sodium_base64_VARIANT_ORIGINAL);
        line->size = line_size - 1;
        e = secret_write_file(line, path);
    }
    secret_free(line);
    secret_free(raw);
    return e;
}

/* Characters of `content` before its padding that are all in `letters`; 0 if one is not. */
static size_t count_letters(const struct secret *content, const char *letters)
{
    size_t size = content->size;
    for (int i = 0; i < 2 && size && content->bytes[size - 1] == '='; i++)
        size--;
    return strspn(content->bytes, letters) == size ? size : 0;
}

static size_t count_different(const struct secret *content)
{
    bool seen[256] = {false};
    size_t count = 0;
    for (size_t i = 0; i < content->size; i++) {
        bool *one = &seen[(uint8_t)content->bytes[i]];
        count += !*one;
        *one = true;
    }
    sodium_memzero(seen, sizeof seen);
    return count;
}

enum error keybox_check_key_file(const struct secret *content)
{
    enum { HEX_LEAST = 64, BASE64_LEAST = 43, DIFFERENT_LEAST = 8 };
    size_t hex = count_letters(content, "0123456789abcdefABCDEF");
    size_t base64 = count_letters(content, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                           "0123456789+/");
    bool strong = hex ? hex >= HEX_LEAST : base64 >= BASE64_LEAST;
    if (strong && count_different(content) >= DIFFERENT_LEAST) return OK;
    return fail(ERR_INVALID, "a key file holds 32 random bytes or more in base64 or hex, and this "
                             "one does not: name a file that does not exist and it is created, or "
                             "use --passphrase-file");
}

enum error keybox_take_key_file(const char *path, bool *made, struct secret **content)
{
    *made = false;
    *content = NULL;
    if (!beside_is_taken(path)) {
        enum error e = keybox_write_key_file(path);
        if (e) return e;
        *made = true;
    }
    return secret_read_file(path, content);
}

enum {
    WRAP_VERSION = 1,
    KEY_SIZE = crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
    CLAIM_SIZE = 1 + KEYBOX_ID_SIZE + 8 + 1 + 8 + 8 + KEYBOX_SALT_SIZE + KEYBOX_PUBLIC_SIZE,
    OPERATIONS_MAX = KEYBOX_OPERATIONS_MAX,
    MEMORY_MAX = KEYBOX_MEMORY_MAX
};
_Static_assert(KEYBOX_SALT_SIZE == crypto_pwhash_SALTBYTES, "Argon2id's salt");
_Static_assert(KEYBOX_SALT_SIZE >= crypto_generichash_blake2b_KEYBYTES_MIN, "BLAKE2b's key");
_Static_assert(KEYBOX_NONCE_SIZE == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "the nonce");
_Static_assert(KEYBOX_WRAPPED_SIZE ==
                   KEYBOX_SECRET_SIZE + crypto_aead_xchacha20poly1305_ietf_ABYTES,
               "secret key and tag");

/* The associated data: every field of the slot, so that none can be changed. */
static void write_claim(const struct key_wrap *wrap, const uint8_t *vault_id,
                        const uint8_t *public_key, uint8_t out[static CLAIM_SIZE])
{
    *out++ = WRAP_VERSION;
    memcpy(out, vault_id, KEYBOX_ID_SIZE);
    out += KEYBOX_ID_SIZE;
    put64(out, (uint64_t)wrap->slot);
    out += 8;
    *out++ = (uint8_t)wrap->kind;
    put64(out, wrap->cost.operations);
    out += 8;
    put64(out, wrap->cost.memory);
    out += 8;
    memcpy(out, wrap->salt, KEYBOX_SALT_SIZE);
    out += KEYBOX_SALT_SIZE;
    memcpy(out, public_key, KEYBOX_PUBLIC_SIZE);
}

/* Before deriving anything: a tampered slot must not exhaust the machine. */
static enum error check_cost(const struct key_wrap *wrap)
{
    const struct kdf_cost *cost = &wrap->cost;
    bool fits = false;
    if (wrap->kind == SLOT_PASSPHRASE)
        fits = cost->operations >= crypto_pwhash_OPSLIMIT_MIN &&
               cost->operations <= OPERATIONS_MAX && cost->memory >= crypto_pwhash_MEMLIMIT_MIN &&
               cost->memory <= MEMORY_MAX && cost->operations * cost->memory <= KEYBOX_WORK_MAX;
    else if (wrap->kind == SLOT_KEY_FILE || wrap->kind == SLOT_RECOVERY)
        fits = cost->operations == 0 && cost->memory == 0;
    if (fits) return OK;
    return fail(ERR_SECRET,
                "key slot %lld has a kind or a cost that is out of range: use another "
                "slot, or restore a backup",
                (long long)wrap->slot);
}

static enum error derive(const struct key_wrap *wrap, const struct secret *unlock,
                         struct secret *key)
{
    static const uint8_t personal[crypto_generichash_blake2b_PERSONALBYTES] = "gatehouse.slot";
    int bad;
    if (wrap->kind == SLOT_PASSPHRASE)
        bad = crypto_pwhash((uint8_t *)key->bytes, KEY_SIZE, unlock->bytes, unlock->size,
                            wrap->salt, wrap->cost.operations, (size_t)wrap->cost.memory,
                            crypto_pwhash_ALG_ARGON2ID13);
    else
        bad = crypto_generichash_blake2b_salt_personal(
            (uint8_t *)key->bytes, KEY_SIZE, (const uint8_t *)unlock->bytes, unlock->size,
            wrap->salt, KEYBOX_SALT_SIZE, NULL, personal);
    if (bad)
        return fail(ERR_SYSTEM, "not enough memory to derive the key: it takes %llu MiB",
                    (unsigned long long)(wrap->cost.memory >> 20));
    key->size = KEY_SIZE;
    return OK;
}

/* Recovery codes are normalised first. */
static enum error derive_key(const struct key_wrap *wrap, const struct secret *unlock,
                             struct secret **out)
{
    enum error e = check_cost(wrap);
    if (e) return e;
    if (unlock->size == 0) return fail(ERR_INVALID, "an empty secret protects nothing");
    struct secret *code = NULL, *key = NULL;
    if (wrap->kind == SLOT_RECOVERY) {
        e = secret_new(unlock->size, &code);
        if (!e) e = secret_set(code, unlock->bytes, unlock->size);
        if (!e) e = keybox_recovery_normalise(code);
    }
    if (!e) e = secret_new(KEY_SIZE, &key);
    if (!e) e = derive(wrap, code ? code : unlock, key);
    secret_free(code);
    if (e)
        secret_free(key);
    else
        *out = key;
    return e;
}

static bool is_pair(const uint8_t *public_key, const struct secret *secret_key)
{
    uint8_t computed[KEYBOX_PUBLIC_SIZE];
    return crypto_scalarmult_base(computed, (const uint8_t *)secret_key->bytes) == 0 &&
           sodium_memcmp(computed, public_key, KEYBOX_PUBLIC_SIZE) == 0;
}

enum error keybox_wrap(struct key_wrap *wrap, const uint8_t vault_id[static KEYBOX_ID_SIZE],
                       const uint8_t public_key[static KEYBOX_PUBLIC_SIZE],
                       const struct secret *secret_key, const struct secret *unlock)
{
    if (secret_key->size != KEYBOX_SECRET_SIZE || !is_pair(public_key, secret_key))
        return fail(ERR_SECRET, "the secret key does not belong to this vault");
    struct secret *key = NULL;
    randombytes_buf(wrap->salt, sizeof wrap->salt);
    randombytes_buf(wrap->nonce, sizeof wrap->nonce);
    enum error e = derive_key(wrap, unlock, &key);
    if (e) return e;
    uint8_t claim[CLAIM_SIZE];
    write_claim(wrap, vault_id, public_key, claim);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        wrap->wrapped, NULL, (const uint8_t *)secret_key->bytes, KEYBOX_SECRET_SIZE, claim,
        sizeof claim, NULL, wrap->nonce, (const uint8_t *)key->bytes);
    secret_free(key);
    return OK;
}

static enum error open_wrap(const struct key_wrap *wrap, const uint8_t *vault_id,
                            const uint8_t *public_key, const struct secret *key,
                            struct secret *secret_key)
{
    uint8_t claim[CLAIM_SIZE];
    write_claim(wrap, vault_id, public_key, claim);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            (uint8_t *)secret_key->bytes, NULL, NULL, wrap->wrapped, sizeof wrap->wrapped, claim,
            sizeof claim, wrap->nonce, (const uint8_t *)key->bytes) != 0)
        return fail(ERR_SECRET, "this secret does not open the vault");
    secret_key->size = KEYBOX_SECRET_SIZE;
    if (!is_pair(public_key, secret_key))
        return fail(ERR_SECRET, "the public key of this vault does not belong to its secret key: "
                                "restore a backup");
    return OK;
}

enum error keybox_unwrap(const struct key_wrap *wrap, const uint8_t vault_id[static KEYBOX_ID_SIZE],
                         const uint8_t public_key[static KEYBOX_PUBLIC_SIZE],
                         const struct secret *unlock, struct secret **secret_key)
{
    struct secret *key = NULL, *secret = NULL;
    enum error e = derive_key(wrap, unlock, &key);
    if (e) return e;
    e = secret_new(KEYBOX_SECRET_SIZE, &secret);
    if (!e) e = open_wrap(wrap, vault_id, public_key, key, secret);
    secret_free(key);
    if (e)
        secret_free(secret);
    else
        *secret_key = secret;
    return e;
}
