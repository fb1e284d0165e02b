callboard_test(admin_tests
  SOURCES admin_socket_test.cpp
  DEPS callboard_admin)
