# Writes OUTPUT, a C++ source that holds the text of each of the catalogs in FOLDER, so that there
# is no place to look for them at run time. cmake -DFOLDER=… -DOUTPUT=… -P EmbedCatalog.cmake
file(GLOB files RELATIVE "${FOLDER}" "${FOLDER}/*.yaml")
list(SORT files)
set(text "#include \"analyzer/ShippedCatalog.h\"\n\nnamespace ripple::analyzer {\n\n")
string(APPEND text "const ShippedFile shippedFiles[] = {\n")
foreach(file IN LISTS files)
  file(READ "${FOLDER}/${file}" content)
  string(APPEND text "    {\"${file}\", R\"RIPPLE(${content})RIPPLE\"},\n")
endforeach()
list(LENGTH files count)
string(APPEND text "};\nconst std::size_t shippedFileCount = ${count};\n\n} // namespace ripple::analyzer\n")
file(WRITE "${OUTPUT}" "${text}")
