// `jiandu tag`: keyed tags and salted commitments, made where the data are, off the ledger
// (docs/contracts.md 4.10). Needs no node.

#include "cli/tag.h"

#include "base/hex.h"
#include "cli/tag_input.h"
#include "cli/tag_key.h"
#include "ledger/model/entity.h"
#include "ledger/model/subject_id.h"

namespace jiandu::cli {
namespace {

constexpr std::size_t kInputBytesMax = 64UL * 1024 * 1024;

struct TagState {
  TagKeyOptions key;
  std::string resource, month;
  std::string kind;
  bool csv = false;
  std::string column;
  std::vector<std::string> kept;
};

bool IsMonth(const std::string& text) {
  if (text.size() != 6 || text.find_first_not_of("0123456789") != std::string::npos) return false;
  const std::string month = text.substr(4);
  return month >= "01" && month <= "12";
}

std::expected<std::vector<TagRow>, Exit> ReadRows(const Output& out, const TagState& state) {
  const auto input = ReadSecretInput("Identifier (not shown) 标识（不回显）", kInputBytesMax);
  if (!input) return std::unexpected(out.Fail(Exit::kUsage, input.error().detail, "", "输入有误"));
  auto rows =
      state.csv ? ReadTagCsv(input->Text(), state.column, state.kept) : ReadTagLines(input->Text());
  if (!rows) {
    return std::unexpected(out.Fail(Exit::kUsage, rows.error().detail,
                                    "mend the line; nothing was tagged", "输入有误，未生成标签"));
  }
  if (rows->empty()) {
    return std::unexpected(out.Fail(Exit::kUsage, "standard input is empty",
                                    "give one identifier a line, or --csv with --column",
                                    "没有输入"));
  }
  return std::move(*rows);
}

std::string Header(const TagState& state) {
  if (!state.csv) return "";
  std::string line;
  for (const std::string& name : state.kept) line += CsvCell(name) + ",";
  return line + "tag\n";
}

// Tags of all rows, as one JSON object or as lines.
class TagSheet {
 public:
  explicit TagSheet(const TagState& state) : state_(state), text_(Header(state)) {}

  void Add(const TagRow& row, const Hash256& tag) {
    const std::string hex = HexEncode(tag.View());
    for (const std::string& cell : row.kept) text_ += CsvCell(cell) + ",";
    text_ += hex + "\n";
    if (!state_.csv) return items_.Push(hex);
    Json item = Json::MakeObject();
    for (std::size_t i = 0; i < row.kept.size(); ++i) item.Set(state_.kept[i], row.kept[i]);
    item.Set("tag", hex);
    items_.Push(std::move(item));
  }
  Exit Tell(const Output& out, Json head) {
    head.Set("tags", std::move(items_));
    out.Result(head, text_);
    return Exit::kOk;
  }

 private:
  const TagState& state_;
  std::string text_;
  Json items_ = Json::MakeArray();
};

Exit TagSubjects(const Output& out, const TagState& state) {
  KeepOutOfCoreFiles();
  const auto resource = ledger::ParseEntityId(state.resource);
  if (!resource || ledger::KindOf(*resource) != ledger::EntityKind::kResource) {
    return out.Fail(Exit::kUsage, state.resource + ": no id of a resource",
                    "give the 34 hex digits that `jiandu catalog list` shows", "资源编号有误");
  }
  auto key = OpenTagKey(out, state.key, TagKeyKind::kSubject);
  if (!key) return key.error();
  if (!IsMonth(state.month) || !state.month.starts_with(key->label.year)) {
    return out.Fail(Exit::kUsage,
                    state.month + ": no month of " + key->label.year + ", the year of this key",
                    "give yyyymm, or the key of that year", "月份与密钥年度不符");
  }
  const auto rows = ReadRows(out, state);
  if (!rows) return rows.error();
  crypto::TagSecret month_key =
      crypto::SubjectTagKey(key->material.seed, resource->View(), state.month);
  TagSheet sheet(state);
  std::size_t wrong = 0;
  for (const TagRow& row : *rows) {
    std::optional<std::string> text = ledger::NormaliseSubject(state.kind, row.identifier.Text());
    if (!text) {
      wrong = row.line;
      break;
    }
    const Secret identifier(*text);
    crypto::Wipe({reinterpret_cast<std::uint8_t*>(text->data()), text->size()});
    sheet.Add(row, crypto::TagOf(month_key, state.kind, identifier.Text()));
  }
  crypto::Wipe(month_key.bytes);
  if (wrong != 0) {
    return out.Fail(Exit::kUsage,
                    "line " + std::to_string(wrong) + ": no identifier of kind " + state.kind,
                    "mend it, or give its --kind; nothing was tagged", "标识无效，未生成标签");
  }
  return sheet.Tell(out, Json::MakeObject({{"provider", key->label.department},
                                           {"resource", state.resource},
                                           {"month", state.month},
                                           {"kind", state.kind},
                                           {"secret_id", SecretIdOf(key->material)}}));
}

Exit TagStaff(const Output& out, const TagState& state) {
  KeepOutOfCoreFiles();
  constexpr std::size_t kValueBytesMax = 256;
  auto key = OpenTagKey(out, state.key, TagKeyKind::kStaff);
  if (!key) return key.error();
  const auto rows = ReadRows(out, state);
  if (!rows) return rows.error();
  crypto::TagSecret staff_key = crypto::StaffTagKey(key->material.seed);
  TagSheet sheet(state);
  std::size_t wrong = 0;
  for (const TagRow& row : *rows) {
    if (row.identifier.Text().size() > kValueBytesMax) {
      wrong = row.line;
      break;
    }
    sheet.Add(row, crypto::TagOf(staff_key, state.kind, row.identifier.Text()));
  }
  crypto::Wipe(staff_key.bytes);
  if (wrong != 0) {
    return out.Fail(Exit::kUsage, "line " + std::to_string(wrong) + ": longer than 256 bytes",
                    "give one account, address or operator a line", "输入过长");
  }
  return sheet.Tell(out, Json::MakeObject({{"consumer", key->label.department},
                                           {"year", key->label.year},
                                           {"kind", state.kind},
                                           {"secret_id", SecretIdOf(key->material)}}));
}

void AddRowOptions(CLI::App& command, TagState& state) {
  auto* csv =
      command.add_flag("--csv", state.csv,
                       "Standard input is CSV, its first line names / 标准输入为 CSV，首行为列名");
  auto* column =
      command.add_option("--column", state.column, "The column of identifiers / 标识所在列");
  column->needs(csv);
  csv->needs(column);
  command
      .add_option("--keep", state.kept,
                  "Column to print beside the tag, say acc_id (repeat) / 与标签并列输出的列，如 "
                  "acc_id，可重复")
      ->allow_extra_args(false)
      ->needs(csv);
}

void AddSubject(CLI::App& noun, Context& context) {
  auto* command = noun.add_subcommand(
      "subject",
      "Tags of persons, firms, vehicles: identifiers on standard input, one a line / 主体标签");
  const auto state = std::make_shared<TagState>();
  state->kind = "PERSON";
  AddTagKeyOptions(*command, state->key);
  command
      ->add_option("--resource", state->resource,
                   "Id of the resource, 34 hex digits / 资源编号，34 位十六进制")
      ->required();
  command->add_option("--month", state->month, "Month of the access, yyyymm / 月份")->required();
  command->add_option("--kind", state->kind, "PERSON, LEGAL, VEHICLE, PLACE, OTHER / 主体类别")
      ->check(CLI::IsMember({"PERSON", "LEGAL", "VEHICLE", "PLACE", "OTHER"}))
      ->capture_default_str();
  AddRowOptions(*command, *state);
  OnRun(command, context, [&context, state] { return TagSubjects(context.out, *state); });
}

void AddStaff(CLI::App& noun, Context& context) {
  auto* command = noun.add_subcommand(
      "staff", "Tags of accounts, addresses, operators, by the consumer's key / 人员标签");
  const auto state = std::make_shared<TagState>();
  command
      ->add_option("--key", state->key.key,
                   "The consumer's key of `tag new --staff` / tag new --staff 所建的使用方密钥")
      ->required();
  command->add_option("--passphrase-file", state->key.passphrase_file,
                      "File whose first line opens it / 口令文件，取首行");
  command->add_option("--kind", state->kind, "ACCOUNT, CLIENT_IP, OPERATOR / 标签类别")
      ->required()
      ->check(CLI::IsMember({"ACCOUNT", "CLIENT_IP", "OPERATOR"}));
  AddRowOptions(*command, *state);
  OnRun(command, context, [&context, state] { return TagStaff(context.out, *state); });
}

}  // namespace

void AddTag(CLI::App& root, Context& context) {
  auto* noun =
      root.add_subcommand("tag", "Tags of persons and salted commitments, off the ledger / 标签");
  noun->require_subcommand(1);
  AddTagKeyVerbs(*noun, context);
  AddSubject(*noun, context);
  AddStaff(*noun, context);
  AddTagSetVerbs(*noun, context);
  AddCommitmentVerbs(*noun, context);
}

}  // namespace jiandu::cli
