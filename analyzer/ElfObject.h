//===- ElfObject.h - What the readers of ELF files share --------*- C++ -*-===//
//
// Part of Ripple, under the Apache License v2.0. See LICENSE.
//
//===----------------------------------------------------------------------===//
#ifndef RIPPLE_ANALYZER_ELFOBJECT_H
#define RIPPLE_ANALYZER_ELFOBJECT_H

#include "model/Document.h"

#include <llvm/BinaryFormat/ELF.h>
#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Support/MemoryBuffer.h>
#include <memory>
#include <string>
#include <string_view>

namespace ripple::analyzer {

/// What VISIT says of the file behind OBJECT, whatever its class and byte order.
template <typename Visit> auto onFile(const llvm::object::ELFObjectFileBase &object, Visit visit) {
  if (const auto *file = llvm::dyn_cast<llvm::object::ELF64LEObjectFile>(&object))
    return visit(file->getELFFile());
  if (const auto *file = llvm::dyn_cast<llvm::object::ELF32LEObjectFile>(&object))
    return visit(file->getELFFile());
  if (const auto *file = llvm::dyn_cast<llvm::object::ELF64BEObjectFile>(&object))
    return visit(file->getELFFile());
  return visit(llvm::cast<llvm::object::ELF32BEObjectFile>(&object)->getELFFile());
}

/// A symbol of which several files may hold the same, as they do inline functions and templates.
inline bool isVague(std::uint8_t binding) {
  return binding == llvm::ELF::STB_WEAK || binding == llvm::ELF::STB_GNU_UNIQUE;
}

/// What PARSE makes of the bytes of FILE.
template <typename Parse>
auto withBytesOf(const std::string &file, Parse parse) -> decltype(parse("", file)) {
  auto buffer = llvm::MemoryBuffer::getFile(file, /*IsText=*/false, /*NullTerminator=*/false);
  if (!buffer)
    return model::mistake({file, 0, ""}, "cannot be read: " + buffer.getError().message(),
                          "build it first, or name another file");
  return parse(std::string_view((*buffer)->getBufferStart(), (*buffer)->getBufferSize()), file);
}

inline llvm::MemoryBufferRef bufferOf(std::string_view bytes) {
  return {{bytes.data(), bytes.size()}, ""};
}

/// The ELF file that BYTES are, or one mistake, of FILE.
model::Result<std::unique_ptr<llvm::object::ObjectFile>> openObject(llvm::MemoryBufferRef bytes,
                                                                    const std::string &file);

/// The build-id of OBJECT as hexadecimal digits; "" if it has none, or its notes are damaged.
std::string buildIdOf(const llvm::object::ELFObjectFileBase &object);

} // namespace ripple::analyzer

#endif
