# Two ways to libllama. Both define the targets that native/ links, and set in the caller's scope:
#   MINILM_PROVIDER        submodule, system or sysroot
#   MINILM_LLAMA_VERSION   as their CMake files state them, "" where they do not
#   MINILM_GGML_VERSION
#   MINILM_BACKEND_DIR     where an installed ggml has its plug-ins, "" when beside the library

# Options of llama.cpp are plain variables of this function: they reach its folder and nothing else.
function(minilm_build_llama source)
  if(NOT EXISTS "${source}/CMakeLists.txt")
    message(FATAL_ERROR
      "${source} is empty. Fetch it with 'git submodule update --init --depth 1 third_party/llama.cpp', "
      "or use an installed libllama with -DMINILM_LLAMA=system.")
  endif()

  set(BUILD_SHARED_LIBS ON)
  foreach(part COMMON TESTS TOOLS EXAMPLES SERVER APP UI MTMD)
    set(LLAMA_BUILD_${part} OFF)
  endforeach()
  set(LLAMA_ALL_WARNINGS OFF)
  set(GGML_CCACHE OFF) # ggml would set a launcher for every target of the build, ours too
  set(GGML_RPC ON)
  set(GGML_CUDA ${MINILM_CUDA})
  set(GGML_VULKAN ${MINILM_VULKAN})
  set(GGML_METAL ${MINILM_METAL})
  set(GGML_BLAS ${MINILM_BLAS})
  if(MINILM_PORTABLE)
    set(GGML_NATIVE OFF)
    set(GGML_BACKEND_DL ON)
    set(GGML_CPU_ALL_VARIANTS ON)
    set(GGML_OPENMP OFF) # its runtime library is not on every machine; ggml has threads of its own
  else()
    set(GGML_NATIVE ON)
    set(GGML_BACKEND_DL OFF)
    set(GGML_CPU_ALL_VARIANTS OFF)
  endif()

  unset(GGML_AVAILABLE_BACKENDS CACHE) # upstream only ever appends to it
  add_subdirectory("${source}" "${CMAKE_BINARY_DIR}/llama.cpp" EXCLUDE_FROM_ALL SYSTEM)

  set(targets llama ggml ggml-base)
  foreach(backend IN LISTS GGML_AVAILABLE_BACKENDS)
    get_target_property(type ${backend} TYPE)
    if(type MATCHES "^(SHARED|MODULE)_LIBRARY$")
      list(APPEND targets ${backend})
    endif()
    if(type STREQUAL "MODULE_LIBRARY")
      set_property(TARGET ${backend} PROPERTY SOVERSION) # plug-ins are looked for by their plain names
    endif()
  endforeach()

  if(APPLE)
    set(origin "@loader_path")
  else()
    set(origin "$ORIGIN")
  endif()
  foreach(target IN LISTS targets)
    set_property(TARGET ${target} PROPERTY VERSION) # the soname is the file's name: packages cannot hold links
    set_property(TARGET ${target} PROPERTY INSTALL_RPATH "${origin}")
  endforeach()

  add_custom_target(minilm-llama ALL)
  add_dependencies(minilm-llama ${targets})
  install(TARGETS ${targets}
    RUNTIME DESTINATION . COMPONENT minilm
    LIBRARY DESTINATION . COMPONENT minilm NAMELINK_SKIP
    ARCHIVE DESTINATION . COMPONENT minilm-development EXCLUDE_FROM_ALL
    PUBLIC_HEADER DESTINATION . COMPONENT minilm-development EXCLUDE_FROM_ALL)
  install(FILES "${source}/LICENSE" DESTINATION . COMPONENT minilm RENAME llama.cpp-LICENSE.txt)

  get_directory_property(llama_version DIRECTORY "${source}" DEFINITION LLAMA_VERSION)
  get_directory_property(ggml_version DIRECTORY "${source}/ggml" DEFINITION GGML_VERSION)
  set(MINILM_PROVIDER submodule PARENT_SCOPE)
  set(MINILM_LLAMA_VERSION "${llama_version}" PARENT_SCOPE)
  set(MINILM_GGML_VERSION "${ggml_version}" PARENT_SCOPE)
  set(MINILM_BACKEND_DIR "" PARENT_SCOPE)
endfunction()

function(minilm_find_llama)
  set(MINILM_PROVIDER system PARENT_SCOPE)
  if(MINILM_SYSROOT)
    set(MINILM_PROVIDER sysroot PARENT_SCOPE)
    list(PREPEND CMAKE_PREFIX_PATH "${MINILM_SYSROOT}/usr")
  endif()
  find_package(llama CONFIG REQUIRED)

  set(MINILM_LLAMA_VERSION "${LLAMA_VERSION}" PARENT_SCOPE)
  set(MINILM_GGML_VERSION "${GGML_VERSION}" PARENT_SCOPE)
  set(MINILM_BACKEND_DIR "${GGML_BACKEND_DIR}" PARENT_SCOPE)
endfunction()
