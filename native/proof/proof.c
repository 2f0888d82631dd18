// What C says of everything that crosses the seam, line by line, for the managed tests. A library of its own: the seam
// that is shipped does not carry it, and it is compiled against the same headers.
//
//   struct|NAME|SIZE                                field|STRUCT|NAME|OFFSET|SIZE|KIND|TYPE
//   callback|NAME|RESULT|(PARAMETERS)               enum|NAME|SIZE
//   function|NAME|RESULT|(PARAMETERS)|GUARD|WHY     GUARD: guarded or plain; WHY: what is guarded, or why nothing is
//   constant|TYPE|MEMBER|NAME|VALUE                 newer|TYPE|MEMBER|NAME
#include "../minilm.h"
#include "declared_constants.h"

#include <ggml-backend.h>
#include <ggml.h>
#include <gguf.h>
#include <llama.h>

#include <stdarg.h>
#include <stdio.h>

// Returns NULL when the index is out of range. Not for two threads at once.
MINILM_API const char * proof_line(int32_t index);

#define MAX_LINES  1024
#define MAX_LENGTH 768

static char    lines[MAX_LINES][MAX_LENGTH];
static int32_t count;

static void add(const char * format, ...) {
    if (count == MAX_LINES) {
        return; // the test that asks for the last section fails
    }
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(lines[count++], MAX_LENGTH, format, arguments);
    va_end(arguments);
}

#define KIND(lvalue) _Generic((lvalue),                                                     \
    bool: "bool", float: "floating", double: "floating",                                    \
    int8_t: "signed", int16_t: "signed", int32_t: "signed", int64_t: "signed",              \
    uint8_t: "unsigned", uint16_t: "unsigned", uint32_t: "unsigned", uint64_t: "unsigned",  \
    default: "pointer")

#define ADD_FIELD(text, name) \
    add("field|%s|%s|%zu|%zu|%s|%s", struct_name, #name, offsetof(Struct, name), sizeof(((Struct *) 0)->name), KIND(((Struct *) 0)->name), text);

#define STRUCT(name, native)                   \
    static void add_##name(void) {             \
        typedef name Struct;                   \
        const char * struct_name = #name;      \
        add("struct|%s|%zu", #name, sizeof(name));
#define COPY(type, name)            ADD_FIELD(#type, name)
#define COPY_AS(type, name, native) ADD_FIELD(#type, name)
#define HAND(type, name)            ADD_FIELD(#type, name)
#define END_STRUCT(name) }
#include "../fields.def"

// Of llama.h: a field that has another type there does not compile.
#define MIRROR(name)                              \
    static void add_##name(void) {                \
        typedef struct name Struct;               \
        const char * struct_name = #name;         \
        add("struct|%s|%zu", #name, sizeof(Struct));
#define FIELD(type, name)                                                                        \
    _Static_assert(_Generic(&((Struct *) 0)->name, type *: 1, default: 0), "type of " #name);    \
    ADD_FIELD(#type, name)
#define END_MIRROR(name) }
#include "../mirrors.def"

static void add_structs(void) {
#define STRUCT(name, native)
#define COPY(type, name)
#define COPY_AS(type, name, native)
#define HAND(type, name)
#define END_STRUCT(name) add_##name();
#include "../fields.def"
#define MIRROR(name)
#define FIELD(type, name)
#define END_MIRROR(name) add_##name();
#include "../mirrors.def"
}

// Of llama.h: a function that is declared otherwise there does not compile.
#define PROVE(function, result, parameters) \
    _Static_assert(_Generic(&function, result (*) parameters: 1, default: 0), #function " is declared otherwise");

#define DIRECT(result, function, parameters, why) PROVE(function, result, parameters)
#define GUARDED(result, failure, name, function, parameters, arguments) PROVE(function, result, parameters)
#define GUARDED_VOID(name, function, parameters, arguments) PROVE(function, void, parameters)
#define SEAM_GUARDED(result, name, parameters, calls) PROVE(name, result, parameters)
#define SEAM(result, name, parameters, why) PROVE(name, result, parameters)
#include "../functions.def"

static void add_functions(void) {
#define CALLBACK(name, result, parameters) add("callback|%s|%s|%s", #name, #result, #parameters);
#include "../callbacks.def"
#define DIRECT(result, function, parameters, why) add("function|%s|%s|%s|plain|%s", #function, #result, #parameters, why);
#define GUARDED(result, failure, name, function, parameters, arguments) \
    add("function|%s|%s|%s|guarded|%s", #name, #result, #parameters, #function);
#define GUARDED_VOID(name, function, parameters, arguments) add("function|%s|bool|%s|guarded|%s", #name, #parameters, #function);
#define SEAM_GUARDED(result, name, parameters, calls) add("function|%s|%s|%s|guarded|%s", #name, #result, #parameters, calls);
#define SEAM(result, name, parameters, why) add("function|%s|%s|%s|plain|%s", #name, #result, #parameters, why);
#include "../functions.def"
    // The enums that these return.
    add("enum|%s|%zu", "ggml_backend_dev_type", sizeof(enum ggml_backend_dev_type));
    add("enum|%s|%zu", "llama_vocab_type", sizeof(enum llama_vocab_type));
    add("enum|%s|%zu", "llama_pooling_type", sizeof(enum llama_pooling_type));
}

#define ADD_1(type, member, name, value) add("constant|%s|%s|%s|%lld", #type, #member, name, (long long) (value));
#define ADD_0(type, member, name, value) add("newer|%s|%s|%s", #type, #member, name);
#define JOIN(a, b) a##b
#define ADD(declared) JOIN(ADD_, declared)

static void add_constants(void) {
#define CONSTANT(type, member, name) ADD(MINILM_DECLARED_##name)(type, member, #name, name)
#define CONSTANT_OF(type, member, name, expression) ADD(MINILM_DECLARED_##name)(type, member, #name, expression)
#include "../constants.def"
}

const char * proof_line(int32_t index) {
    if (count == 0) {
        add_structs();
        add_functions();
        add_constants();
    }
    return index >= 0 && index < count ? lines[index] : NULL;
}
