# Writes the table of one store's migrations: NNNN_name.up.sql with NNNN_name.down.sql, in order.
file(GLOB ups ${FOLDER}/*.up.sql)
list(SORT ups)
set(rows "")
foreach(up IN LISTS ups)
  get_filename_component(file ${up} NAME)
  string(REGEX MATCH "^([0-9]+)_(.+)\\.up\\.sql$" matched ${file})
  if(NOT matched)
    message(FATAL_ERROR "${file} is not named NNNN_name.up.sql")
  endif()
  set(number ${CMAKE_MATCH_1})
  set(name ${CMAKE_MATCH_2})
  string(REGEX REPLACE "^0+" "" version ${number})
  file(READ ${up} up_text)
  file(READ ${FOLDER}/${number}_${name}.down.sql down_text)
  string(APPEND rows "  {${version}, \"${name}\", R\"sql(${up_text})sql\",\n   R\"sql(${down_text})sql\"},\n")
endforeach()
file(WRITE ${OUTPUT} "#include \"persistence/migrations.hpp\"

#include <vector>

namespace callboard {

std::span<const migration> ${STORE}_migrations() noexcept {
  static const std::vector<migration> all{
${rows}  };
  return all;
}

}  // namespace callboard
")
