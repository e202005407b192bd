#include "cli/usage.h"

#include <algorithm>
#include <array>

#include "base/edit_distance.h"

namespace jiandu::cli {
namespace {

constexpr std::size_t kWordBytesMax = 64;

std::string_view ChineseOf(const CLI::Error& error) {
  using enum CLI::ExitCodes;
  constexpr std::array kKinds = {std::pair{RequiredError, "缺少必需的子命令或选项"},
                                 std::pair{ExtrasError, "有不认识或多余的参数"},
                                 std::pair{ValidationError, "选项的值不在允许范围内"},
                                 std::pair{ConversionError, "选项的值类型不对"},
                                 std::pair{InvalidError, "选项的值无效"},
                                 std::pair{ArgumentMismatch, "选项缺少值，或给出的值过多"},
                                 std::pair{RequiresError, "该选项须与另一选项同时使用"},
                                 std::pair{ExcludesError, "两个选项不能同时使用"}};
  for (const auto& [kind, chinese] : kKinds) {
    if (error.get_exit_code() == static_cast<int>(kind)) return chinese;
  }
  return "命令有误";
}

// The subcommand or option of `command` that `word` nearly is; "" when there is none.
std::string Nearest(const CLI::App& command, const std::string& word) {
  if (word.size() < 3 || word.size() > kWordBytesMax) return "";
  // Two letters that changed places are two edits, also in a short option.
  const std::size_t far = std::max<std::size_t>(word.size() / 3, word.starts_with("--") ? 2 : 1);
  std::string nearest;
  std::size_t least = far + 1;
  const auto offer = [&](const std::string& name) {
    const std::size_t distance = EditDistance(word, name);
    if (distance < least) {
      least = distance;
      nearest = name;
    }
  };
  if (word.starts_with("--")) {
    for (const CLI::Option* option : command.get_options()) offer(option->get_name());
  } else {
    for (const CLI::App* child : command.get_subcommands([](const CLI::App*) { return true; })) {
      offer(child->get_name());
    }
  }
  return nearest;
}

const CLI::App* Child(const CLI::App& command, const std::string& name) {
  const auto found =
      command.get_subcommands([&name](const CLI::App* child) { return child->get_name() == name; });
  return found.empty() ? nullptr : found.front();
}

}  // namespace

UsageWords WordsOf(const CLI::App& root, const CLI::Error& error) {
  std::string path = "jiandu";
  const CLI::App* command = &root;
  std::vector<std::string> left = root.remaining();
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().front();
    path += " " + command->get_name();
    const auto more = command->remaining();
    left.insert(left.end(), more.begin(), more.end());
  }
  UsageWords words{.what = error.what(),
                   .what_zh = std::string(ChineseOf(error)),
                   .next = path + " --help",
                   .next_zh = "用 " + path + " --help 查看用法"};
  // A word that is no subcommand shows as one that is missing.
  auto unknown =
      std::ranges::find_if(left, [](const std::string& one) { return one.starts_with("--"); });
  if (unknown == left.end()) {
    unknown = std::ranges::find_if(left, [](const std::string& one) { return one.size() > 1; });
  }
  if (unknown == left.end()) return words;
  const std::string word = unknown->substr(0, unknown->find('='));
  const bool missing = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::RequiredError);
  if (missing && !word.starts_with('-')) {
    words.what = "there is no command \"" + path + " " + word + "\"";
    words.what_zh = "没有该命令";
  }
  const bool extra = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::ExtrasError);
  if (extra && word.starts_with("--")) {
    words.what = path + " has no option " + word;
    words.what_zh = path + " 没有选项 " + word;
  }
  if (const std::string meant = Nearest(*command, word); !meant.empty()) {
    words.next = "did you mean " + meant + "? " + words.next + " lists them";
    words.next_zh = "是否要用 " + meant + "？" + words.next_zh;
  }
  return words;
}

void AddHelp(CLI::App& root, Context& context) {
  auto* help = root.add_subcommand("help", "The page of a command: help NOUN VERB / 帮助");
  const auto words = std::make_shared<std::vector<std::string>>();
  help->add_option("command", *words,
                   "Noun and verb, say: catalog draft / 名词与动词，如 catalog draft");
  OnRun(help, context, [&root, &context, words] {
    const CLI::App* command = &root;
    std::string path = "jiandu";
    for (const std::string& word : *words) {
      const CLI::App* child = Child(*command, word);
      if (child == nullptr) {
        const std::string meant = Nearest(*command, word);
        return context.out.Fail(
            Exit::kUsage, "there is no command \"" + path + " " + word + "\"",
            (meant.empty() ? "" : "did you mean " + meant + "? ") + path + " --help lists them",
            "没有该命令", "用 " + path + " --help 列出全部命令");
      }
      command = child;
      path += " " + word;
    }
    // Not App::help(): that is of the command that was chosen, which is this one.
    const std::string page =
        command->get_formatter()->make_help(command, path, CLI::AppFormatMode::Normal);
    context.out.Result(Json::MakeObject({{"command", path}, {"help", page}}), page);
    return Exit::kOk;
  });
}

}  // namespace jiandu::cli
