# Tells the seam which libllama it was compiled against. Managed code refuses another one, so a wrong version would be
# worse than none: the package of an installed libllama states it, a libllama of this build is asked, and what was
# built for another machine cannot be.
function(minilm_state_llama_version target)
  if(MINILM_LLAMA STREQUAL "system")
    target_compile_definitions(${target} PRIVATE "MINILM_COMPILED_LLAMA=\"${MINILM_LLAMA_VERSION}\"")
    return()
  elseif(CMAKE_CROSSCOMPILING)
    return()
  endif()

  set(header "${CMAKE_CURRENT_BINARY_DIR}/llama_version.h")
  add_executable(minilm-llama-version "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/llama_version.c")
  target_link_libraries(minilm-llama-version PRIVATE llama)
  add_custom_command(OUTPUT "${header}"
    COMMAND minilm-llama-version "${header}"
    DEPENDS minilm-llama-version
    WORKING_DIRECTORY "$<TARGET_FILE_DIR:llama>" # where Windows looks for the libraries of a program
    VERBATIM)

  target_sources(${target} PRIVATE "${header}")
  if(MSVC)
    target_compile_options(${target} PRIVATE "/FI${header}")
  else()
    target_compile_options(${target} PRIVATE -include "${header}")
  endif()
endfunction()
