# Sets ORTNCE_ORT_INCLUDE_DIR: the option or the environment variable of that name, else the system
# include path, else Debian's libonnxruntime-dev, fetched once into the build tree's parent.
if(NOT ORTNCE_ORT_INCLUDE_DIR AND DEFINED ENV{ORTNCE_ORT_INCLUDE_DIR})
  set(ORTNCE_ORT_INCLUDE_DIR $ENV{ORTNCE_ORT_INCLUDE_DIR} CACHE PATH "" FORCE)
endif()
if(ORTNCE_ORT_INCLUDE_DIR)
  if(NOT EXISTS ${ORTNCE_ORT_INCLUDE_DIR}/onnxruntime_c_api.h)
    message(FATAL_ERROR "ORTNCE_ORT_INCLUDE_DIR is ${ORTNCE_ORT_INCLUDE_DIR}, which holds no onnxruntime_c_api.h")
  endif()
else()
  find_path(ORTNCE_SYSTEM_ORT_INCLUDE_DIR onnxruntime_c_api.h
    PATH_SUFFIXES onnxruntime onnxruntime/core/session)
  if(ORTNCE_SYSTEM_ORT_INCLUDE_DIR)
    set(ORTNCE_ORT_INCLUDE_DIR ${ORTNCE_SYSTEM_ORT_INCLUDE_DIR})
  else()
    set(cache ${CMAKE_CURRENT_SOURCE_DIR}/target/onnxruntime-headers)
    execute_process(
      COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/cmake/fetch-onnxruntime-headers.sh ${cache}
      RESULT_VARIABLE failed)
    if(failed)
      message(FATAL_ERROR "ONNX Runtime's headers are missing; see above")
    endif()
    set(ORTNCE_ORT_INCLUDE_DIR ${cache}/include)
  endif()
endif()
message(STATUS "ONNX Runtime headers: ${ORTNCE_ORT_INCLUDE_DIR}")
