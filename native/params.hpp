// params.hpp - from the structs of the seam into those of llama.h and back, field by field (fields.def).
#ifndef MINILM_PARAMS_HPP
#define MINILM_PARAMS_HPP

#include "minilm.h"

#include <ggml.h>
#include <llama.h>

#include <cstring>
#include <type_traits>

namespace minilm {

// Both sides of a copy have one size and one kind, an enum being a whole number.
template <typename To, typename From>
void assign(To & to, const From & from) {
    static_assert(sizeof(To) == sizeof(From), "the sizes differ");
    static_assert(std::is_floating_point<To>::value == std::is_floating_point<From>::value, "only one of them is floating");
    static_assert(std::is_pointer<To>::value == std::is_pointer<From>::value, "only one of them is a pointer");
    static_assert(std::is_same<To, bool>::value == std::is_same<From, bool>::value, "only one of them is a bool");
    static_assert(std::is_enum<To>::value || std::is_enum<From>::value || std::is_signed<To>::value == std::is_signed<From>::value, "only one of them is signed");
    to = static_cast<To>(from);
}

struct no_native {};

#define STRUCT(name, native)                        inline void read([[maybe_unused]] name & own, [[maybe_unused]] const native & theirs) {
#define COPY(type, name)                            assign(own.name, theirs.name);
#define COPY_AS(type, name, native_name)            assign(own.name, theirs.native_name);
#define HAND(type, name)
#define END_STRUCT(name)                            }
#include "fields.def"

#define STRUCT(name, native)                        inline void write([[maybe_unused]] const name & own, [[maybe_unused]] native & theirs) {
#define COPY(type, name)                            assign(theirs.name, own.name);
#define COPY_AS(type, name, native_name)            assign(theirs.native_name, own.name);
#define HAND(type, name)
#define END_STRUCT(name)                            }
#include "fields.def"

// A caller built against an older seam knows a shorter struct: only the bytes that it stated are read or written.
template <typename Own>
size_t known_size(const Own * own) {
    return own->size < sizeof(Own) ? own->size : sizeof(Own);
}

// Writes as much as the caller knows, and leaves its size as it is.
template <typename Own>
void give(Own * own, Own full) {
    full.size = own->size;
    std::memcpy(own, &full, known_size(own));
}

// Reads as much as the caller knows over what it does not.
template <typename Own>
Own take(const Own * own, Own full) {
    std::memcpy(&full, own, known_size(own));
    return full;
}

} // namespace minilm

#endif // MINILM_PARAMS_HPP
