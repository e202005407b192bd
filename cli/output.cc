#include "cli/output.h"

#include <cstdio>

namespace jiandu::cli {
namespace {

void Line(std::FILE* stream, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stream);
  if (text.empty() || text.back() != '\n') std::fputc('\n', stream);
  std::fflush(stream);
}

std::string Paint(Colour colour, const char* code, std::string_view text) {
  if (colour == Colour::kOff) return std::string(text);
  return std::string("\033[") + code + "m" + std::string(text) + "\033[0m";
}

// What kind of trouble it is and what helps; the detail stands in the English line.
std::string_view ChineseOf(Errc code) {
  switch (code) {
    case Errc::kInvalid: return "内容不合要求，请按英文说明改正";
    case Errc::kTooLarge: return "超过允许的大小";
    case Errc::kNotFound: return "找不到所指的文件或对象";
    case Errc::kDuplicate: return "已经存在，不能重复";
    case Errc::kUnauthenticated: return "口令、密钥或签名不符";
    case Errc::kForbidden: return "无权操作，请检查身份或文件权限";
    case Errc::kConflict: return "与已有数据、密钥或正在运行的进程冲突";
    case Errc::kExpired: return "已过期，或时间超出允许范围";
    case Errc::kFull: return "容量已满，请稍后再试";
    case Errc::kUnavailable: return "对方暂不可用，请稍后再试";
    case Errc::kTimeout: return "等待超时，请重试";
    case Errc::kIo: return "磁盘或网络读写失败，请检查权限、空间与地址";
    case Errc::kCorrupt: return "数据已损坏，请按英文说明处理";
    case Errc::kInternal: return "程序内部错误，请附日志反馈";
  }
  return "";
}

}  // namespace

void Output::Result(const Json& json, std::string_view human) const {
  Line(stdout, IsJson() ? CanonicalJson(json) : human);
}

void Output::Note(std::string_view line) const {
  if (!quiet_) Line(stderr, line);
}

Exit Output::Fail(Exit code, std::string_view what, std::string_view next,
                  std::string_view what_zh) const {
  if (IsJson()) {
    Json json = Json::MakeObject();
    json.Set("error", what).Set("next", next).Set("exit", static_cast<std::int64_t>(code));
    if (!what_zh.empty()) json.Set("error_zh", what_zh);
    Line(stdout, CanonicalJson(json));
  }
  Line(stderr, Bad("error: ") + std::string(what));
  if (!what_zh.empty()) Line(stderr, Bad("错误：") + std::string(what_zh));
  if (!next.empty()) Line(stderr, "next:  " + std::string(next));
  return code;
}

Exit Output::Fail(Exit code, const Error& error, std::string_view next,
                  std::string_view what_zh) const {
  const std::string zh(ChineseOf(error.code));
  return Fail(code, error.detail, next, what_zh.empty() ? zh : std::string(what_zh) + "：" + zh);
}

Exit Output::Fail(const Error& error, std::string_view next, std::string_view what_zh) const {
  return Fail(ExitOf(error.code), error, next, what_zh);
}

std::string Output::Good(std::string_view text) const { return Paint(colour_, "32", text); }
std::string Output::Bad(std::string_view text) const { return Paint(colour_, "31", text); }
std::string Output::Dim(std::string_view text) const { return Paint(colour_, "2", text); }
std::string Output::Bold(std::string_view text) const { return Paint(colour_, "1", text); }

Exit ExitOf(Errc code) {
  switch (code) {
    case Errc::kNotFound: return Exit::kNotFound;
    case Errc::kForbidden:
    case Errc::kUnauthenticated:
    case Errc::kConflict: return Exit::kRefused;
    case Errc::kUnavailable:
    case Errc::kFull: return Exit::kNetwork;
    case Errc::kTimeout: return Exit::kTimeout;
    case Errc::kInvalid:
    case Errc::kTooLarge:
    case Errc::kDuplicate:
    case Errc::kExpired:
    case Errc::kIo:
    case Errc::kCorrupt:
    case Errc::kInternal: return Exit::kFailed;
  }
  return Exit::kFailed;
}

}  // namespace jiandu::cli
