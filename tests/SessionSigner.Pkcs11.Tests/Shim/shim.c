/*
 * A PKCS#11 module that passes every call to SoftHSM and fails where it is told to: with a code, after a delay, or with a changed signature.
 * Calls that are not listed below go straight through. Positions are those of CK_FUNCTION_LIST.
 */
#include <dlfcn.h>
#include <string.h>
#include <unistd.h>

typedef unsigned long (*function)();

#define FUNCTIONS 68

static struct {
    unsigned char version[2];
    function functions[FUNCTIONS];
} list;
static function real[FUNCTIONS];
static volatile unsigned long failure_code[FUNCTIONS];
static volatile int failures_left[FUNCTIONS];
static volatile int delay_ms[FUNCTIONS];
static volatile int calls[FUNCTIONS];
static volatile int change_signature;

void shim_fail(int position, unsigned long code, int times) {
    failure_code[position] = code;
    failures_left[position] = times;
}

void shim_delay(int position, int milliseconds) { delay_ms[position] = milliseconds; }

void shim_change_signature(int kind) { change_signature = kind; }

int shim_calls(int position) { return calls[position]; }

void shim_reset(void) {
    for (int i = 0; i < FUNCTIONS; i++) {
        failures_left[i] = 0;
        delay_ms[i] = 0;
        calls[i] = 0;
    }
    change_signature = 0;
}

static int fails(int position, unsigned long *code) {
    __sync_fetch_and_add(&calls[position], 1);
    for (int waited = 0; waited < delay_ms[position]; waited += 10) {
        usleep(10000);
    }
    if (failures_left[position] <= 0) {
        return 0;
    }
    __sync_fetch_and_sub(&failures_left[position], 1);
    *code = failure_code[position];
    return 1;
}

#define PASS(position, name)                                                                                                   \
    static unsigned long name(void *a, void *b, void *c, void *d, void *e) {                                                   \
        unsigned long code;                                                                                                    \
        return fails(position, &code) ? code : real[position](a, b, c, d, e);                                                  \
    }

PASS(0, initialize)
PASS(1, finalize)
PASS(4, get_slot_list)
PASS(6, get_token_info)
PASS(12, open_session)
PASS(13, close_session)
PASS(15, get_session_info)
PASS(18, login)
PASS(24, get_attribute_value)
PASS(26, find_objects_init)
PASS(27, find_objects)
PASS(28, find_objects_final)
PASS(42, sign_init)

static unsigned long sign(void *session, void *data, void *length, unsigned char *signature, unsigned long *signature_length) {
    unsigned long code;
    if (fails(43, &code)) {
        return code;
    }
    code = real[43](session, data, length, signature, signature_length);
    switch (change_signature) {
    case 1: signature[40] ^= 1; break;
    case 2: *signature_length = 63; break;
    case 3: memset(signature, 0, 64); break;
    case 4: memset(signature, 0xff, 64); break;
    case 5: *signature_length = 1 << 20; break;
    case 6: signature[0] ^= 0x80; break;
    }
    return code;
}

unsigned long C_GetFunctionList(void **result) {
    void *module = dlopen("/usr/lib/softhsm/libsofthsm2.so", RTLD_NOW | RTLD_LOCAL);
    if (!module) {
        return 5;
    }
    void *original;
    unsigned long code = ((function)dlsym(module, "C_GetFunctionList"))(&original);
    if (code) {
        return code;
    }
    memcpy(&list, original, sizeof list);
    memcpy(real, list.functions, sizeof real);
    list.functions[0] = (function)initialize;
    list.functions[1] = (function)finalize;
    list.functions[4] = (function)get_slot_list;
    list.functions[6] = (function)get_token_info;
    list.functions[12] = (function)open_session;
    list.functions[13] = (function)close_session;
    list.functions[15] = (function)get_session_info;
    list.functions[18] = (function)login;
    list.functions[24] = (function)get_attribute_value;
    list.functions[26] = (function)find_objects_init;
    list.functions[27] = (function)find_objects;
    list.functions[28] = (function)find_objects_final;
    list.functions[42] = (function)sign_init;
    list.functions[43] = (function)sign;
    *result = &list;
    return 0;
}
