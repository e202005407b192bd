// The OpenAPI 3.1 description of this gateway, as served at /v1/openapi.json.
//
// Written by hand in gateway/openapi.json and embedded by tools/embed_openapi.py; tests hold the
// file, the embedded text and the route table together. Constant; any thread.
#pragma once

#include <string>

namespace jiandu::gateway {

[[nodiscard]] std::string OpenApiDocument();

}  // namespace jiandu::gateway
