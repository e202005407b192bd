// See openapi_document.h. The text is made by tools/embed_openapi.py.
#include "gateway/openapi_document.h"

#include <string_view>

namespace jiandu::gateway {
namespace {

constexpr std::string_view kPieces[] = {
#include "gateway/openapi_document.inc"
};

}  // namespace

std::string OpenApiDocument() {
  std::string document;
  for (const std::string_view piece : kPieces) document += piece;
  return document;
}

}  // namespace jiandu::gateway
