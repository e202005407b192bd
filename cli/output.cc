#include "cli/output.h"

#include <algorithm>
#include <cstdio>

#include "base/wire.h"
#include "cli/text.h"

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

// What kind of trouble it is and what helps.
std::string_view ChineseOf(Errc code) {
  switch (code) {
    case Errc::kInvalid: return "内容不合要求";
    case Errc::kTooLarge: return "超过允许的大小";
    case Errc::kNotFound: return "找不到所指的文件或对象";
    case Errc::kDuplicate: return "已经存在，不能重复";
    case Errc::kUnauthenticated: return "口令、密钥或签名不符";
    case Errc::kForbidden: return "无权操作，请检查身份或文件权限";
    case Errc::kConflict: return "与已有的数据、密钥或正在运行的进程不一致";
    case Errc::kExpired: return "已过期，或时间超出允许范围";
    case Errc::kFull: return "空间已满，请腾出空间后再试";
    case Errc::kUnavailable: return "对方暂不可用，请稍后再试";
    case Errc::kTimeout: return "等待超时，请重试";
    case Errc::kIo: return "磁盘或网络读写失败，请检查权限、空间与地址";
    case Errc::kCorrupt: return "数据已损坏或被改动";
    case Errc::kInternal: return "程序内部错误，请附日志反馈";
  }
  return "";
}

// These say too little without what was found, which is there in English only.
bool NeedsDetail(Errc code) {
  return code == Errc::kInvalid || code == Errc::kCorrupt || code == Errc::kConflict;
}

// What others sent commands no terminal; lines stay lines.
std::string HarmlessLines(std::string_view text) {
  std::string lines;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.append(at > 0 ? "\n" : "").append(Harmless(text.substr(at, end - at)));
    at = end + 1;
  }
  return lines;
}

std::string Printable(std::string_view text) {
  std::string printable(text);
  for (char& c : printable) {
    if ((static_cast<std::uint8_t>(c) & 0x80U) != 0) c = '?';
  }
  return printable;
}

// What each exit code says where a command says nothing closer (docs/cli.md, "Exit codes").
struct CodeWords {
  std::string_view next, what_zh, next_zh;
};

CodeWords WordsOf(Exit code) {
  switch (code) {
    case Exit::kOk: return {};
    case Exit::kFailed:
      return {.next = "mend what the line above names and run the command again",
              .what_zh = "操作未完成",
              .next_zh = "排除上述原因后重新运行该命令"};
    case Exit::kUsage:
      return {.next = "the same command with --help says what it takes",
              .what_zh = "命令或输入有误",
              .next_zh = "在该命令后加 --help 查看用法"};
    case Exit::kConfig:
      return {.next = "`jiandu config check FILE` names every error of a config file",
              .what_zh = "配置文件或密钥文件有误",
              .next_zh = "用 jiandu config check 文件 列出全部错误"};
    case Exit::kNetwork:
      return {.next = "is the node running? give --url its gateway, or set JIANDU_URL",
              .what_zh = "节点没有应答",
              .next_zh = "确认节点正在运行，并用 --url 或 JIANDU_URL 指明其网关地址"};
    case Exit::kNotFound:
      return {.next = "check the id or the path; `list` of the noun shows what you may see",
              .what_zh = "没有所指的文件或对象，或您无权查看",
              .next_zh = "核对编号或路径；可用该类命令的 list 列出可见的对象"};
    case Exit::kRefused:
      return {.next = "the code says which rule: docs/contracts.md explains it",
              .what_zh = "被账本规则或节点拒绝",
              .next_zh = "按代码在 docs/contracts.md 中查阅对应规则"};
    case Exit::kVerification:
      return {.next = "keep the file, and ask the department whose node gave it",
              .what_zh = "证明或签名不成立",
              .next_zh = "保留该文件，并向出具部门核实"};
    case Exit::kDisk:
      return {.next = "mend the disk and start the node again: what is stored is whole",
              .what_zh = "磁盘读写失败，节点已停止",
              .next_zh = "排除磁盘故障后重新启动节点；已存数据完好"};
    case Exit::kRuleset:
      return {.next = "install a release that knows the rule set, and start the node again",
              .what_zh = "自下一高度起适用的规则集本程序不支持，节点已停止",
              .next_zh = "安装支持该规则集的版本后重新启动；此前各高度的数据均已保存"};
    case Exit::kFork:
      return {.next = "keep the evidence and show it to every department",
              .what_zh = "节点出示了两份相互矛盾且均经签名的历史",
              .next_zh = "保存证据并告知各部门"};
    case Exit::kTimeout:
      return {.next = "ask again; the same submission is never counted twice",
              .what_zh = "在时限内没有结果，仍可能生效",
              .next_zh = "稍后再查；同一提交不会重复计入"};
  }
  return {};
}

}  // namespace

void Output::Result(const Json& json, std::string_view human) const {
  Line(stdout, IsJson() ? CanonicalJson(json) : human);
}

void Output::Note(std::string_view line) const {
  if (!quiet_) Line(stderr, line);
}

Exit Output::Fail(Exit code, std::string_view what, std::string_view next, std::string_view what_zh,
                  std::string_view next_zh) const {
  // What was typed comes back in the words, whatever bytes it had.
  for (std::string_view* one : {&what, &next, &what_zh, &next_zh}) {
    if (IsUtf8(AsBytes(*one))) continue;
    const std::string printable = Printable(*one);
    *one = printable;
    return Fail(code, what, next, what_zh, next_zh);
  }
  const CodeWords words = WordsOf(code);
  if (next.empty()) next = words.next;
  std::string quoted;
  if (what_zh.empty()) {
    quoted = words.what_zh;
    if (code == Exit::kFailed || code == Exit::kUsage) quoted.append("：").append(what);
    what_zh = quoted;
  }
  if (next_zh.empty()) next_zh = words.next_zh;
  if (IsJson()) {
    Json json = Json::MakeObject();
    json.Set("error", what).Set("error_zh", what_zh).Set("next", next).Set("next_zh", next_zh);
    json.Set("exit", static_cast<std::int64_t>(code));
    Line(stdout, CanonicalJson(json));
  }
  const auto tell = [this](std::string_view name, std::string_view text, bool bad) {
    const std::string harmless = HarmlessLines(text);
    const std::string lines =
        IsJson() ? std::string(name).append(harmless) : Hanging(name, harmless);
    const std::string head = bad ? Bad(name) : std::string(name);
    Line(stderr, head + lines.substr(name.size()));
  };
  tell("error: ", what, true);
  tell("错误：", what_zh, true);
  tell("next:  ", next, false);
  tell("下一步：", next_zh, false);
  return code;
}

Exit Output::Fail(Exit code, const Error& error, std::string_view next, std::string_view what_zh,
                  std::string_view next_zh) const {
  std::string zh(what_zh);
  zh.append(zh.empty() ? "" : "：").append(ChineseOf(error.code));
  if (NeedsDetail(error.code)) zh.append("（").append(error.detail).append("）");
  return Fail(code, error.detail, next, zh, next_zh);
}

Exit Output::Fail(const Error& error, std::string_view next, std::string_view what_zh,
                  std::string_view next_zh) const {
  return Fail(ExitOf(error.code), error, next, what_zh, next_zh);
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
    case Errc::kUnavailable: return Exit::kNetwork;
    case Errc::kTimeout: return Exit::kTimeout;
    case Errc::kInvalid:
    case Errc::kTooLarge:
    case Errc::kDuplicate:
    case Errc::kExpired:
    case Errc::kFull:  // the disk: what a full node answers comes as a status
    case Errc::kIo:
    case Errc::kCorrupt:
    case Errc::kInternal: return Exit::kFailed;
  }
  return Exit::kFailed;
}

}  // namespace jiandu::cli
