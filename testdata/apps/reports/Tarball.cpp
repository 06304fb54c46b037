//===- Tarball.cpp - Reports as archives ----------------------------------===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#include "Tarball.h"

#include <archive.h>
#include <archive_entry.h>
#include <memory>
#include <stdexcept>

namespace reports {
namespace {

constexpr std::int64_t FileBytesMax = 1 << 20;

using Entry = std::unique_ptr<archive_entry, decltype(&archive_entry_free)>;

la_ssize_t append(archive *, void *context, const void *bytes, std::size_t size) {
  static_cast<std::string *>(context)->append(static_cast<const char *>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

void check(archive *writer, int result) {
  if (result != ARCHIVE_OK)
    throw std::runtime_error(std::string("libarchive: ") + archive_error_string(writer));
}

void add(archive *writer, const ArchivedFile &file) {
  Entry entry(archive_entry_new(), archive_entry_free);
  archive_entry_set_pathname(entry.get(), file.name.c_str());
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(file.text.size()));
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), 0644);
  check(writer, archive_write_header(writer, entry.get()));
  if (archive_write_data(writer, file.text.data(), file.text.size()) !=
      static_cast<la_ssize_t>(file.text.size()))
    check(writer, ARCHIVE_FATAL);
}

} // namespace

std::string pack(const std::vector<ArchivedFile> &files) {
  std::string out;
  std::unique_ptr<archive, decltype(&archive_write_free)> writer(archive_write_new(),
                                                                 archive_write_free);
  check(writer.get(), archive_write_add_filter_gzip(writer.get()));
  check(writer.get(), archive_write_set_format_ustar(writer.get()));
  check(writer.get(), archive_write_set_bytes_in_last_block(writer.get(), 1)); // No padding.
  check(writer.get(), archive_write_open2(writer.get(), &out, nullptr, append, nullptr, nullptr));
  for (const ArchivedFile &file : files)
    add(writer.get(), file);
  check(writer.get(), archive_write_close(writer.get()));
  return out;
}

std::vector<ArchivedFile> unpack(std::string_view bytes) {
  std::unique_ptr<archive, decltype(&archive_read_free)> reader(archive_read_new(),
                                                                archive_read_free);
  archive_read_support_format_tar(reader.get());
  archive_read_support_filter_gzip(reader.get());
  auto mistake = [&reader] {
    return std::invalid_argument(std::string("not an archive: ") +
                                 archive_error_string(reader.get()));
  };
  if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK)
    throw mistake();
  std::vector<ArchivedFile> files;
  archive_entry *entry = nullptr;
  int result = ARCHIVE_OK;
  while ((result = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK) {
    std::int64_t size = archive_entry_size(entry);
    if (size < 0 || size > FileBytesMax)
      throw std::invalid_argument("a file in the archive is too large");
    ArchivedFile file{archive_entry_pathname(entry),
                      std::string(static_cast<std::size_t>(size), 0)};
    if (archive_read_data(reader.get(), file.text.data(), file.text.size()) != size)
      throw mistake();
    files.push_back(std::move(file));
  }
  if (result != ARCHIVE_EOF)
    throw mistake();
  return files;
}

} // namespace reports
