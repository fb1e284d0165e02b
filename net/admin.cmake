callboard_library(admin
  SOURCES admin_socket.cpp
  DEPS callboard_base PkgConfig::XXHASH)
