# cmake -DLIST=FILE -DSTAMP=FILE -P RippleRequireComplete.cmake: fails where the Components List LIST is
# not complete, and makes STAMP where it is. In JSON's texts quotation marks stand behind a backslash, so
# no name or path can look like the key.
file(STRINGS "${LIST}" incomplete REGEX "\"complete\": false")
if(incomplete)
  message(FATAL_ERROR "${LIST} is not complete: code is not known, and what it does counts as touching "
          "whatever it could reach. `ripple analyze --format text` says which; correct that, or leave "
          "REQUIRE_COMPLETE out of ripple_add_components_list.")
endif()
file(TOUCH "${STAMP}")
