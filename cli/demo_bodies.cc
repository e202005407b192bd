#include "cli/demo_bodies.h"

#include "base/hex.h"
#include "crypto/hash.h"

namespace jiandu::cli::demo {
namespace {

Json Item(const char* id, const char* name, const char* element, const char* role,
          const char* grade, const char* personal, const char* subject) {
  return Json::MakeObject({{"item_id", id},
                           {"name", name},
                           {"element_code", element},
                           {"item_role", role},
                           {"type", "C"},
                           {"item_grade", grade},
                           {"pi_flag", personal},
                           {"subject_kind", subject}});
}

Json Texts(std::initializer_list<const char*> texts) {
  Json list = Json::MakeArray();
  for (const char* text : texts) list.Push(text);
  return list;
}

Json Content(const char* code, const char* name, const char* abstract, const char* share_class,
             const char* grade, Json::Array items) {
  return Json::MakeObject(
      {{"code", code},
       {"name", name},
       {"abstract", abstract},
       {"category",
        Json::MakeObject(
            {{"class", "3"}, {"group", "01"}, {"directory", "001"}, {"subdirectory", "0001"}})},
       {"kind", "DEPARTMENT"},
       {"format", "JSON"},
       {"update_cycle", "DAILY"},
       {"share_class", share_class},
       {"delivery_modes", Texts({"API", "BATCH"})},
       {"labels", Texts({"demo"})},
       {"schema_digest", DigestOf(std::string("schema ") + code)},
       {"schema_version", 1},
       {"secrecy_assessment_digest", DigestOf(std::string("secrecy ") + code)},
       {"secrecy_declared", "none"},
       {"grade", grade},
       {"items", std::move(items)}});
}

}  // namespace

std::string DigestOf(std::string_view label) {
  return HexEncode(crypto::Sha256({AsBytes(crypto::kTagCommit), AsBytes(label)}).View());
}

Json VehicleResource(Assessment impact) {
  Json::Array items;
  items.push_back(Item("plate", "号牌号码", "DE00307", "KEY", "G2", "NONE", "VEHICLE"));
  items.push_back(Item("vtype", "车辆类型", "DE00308", "CONTENT", "G1", "NONE", "VEHICLE"));
  items.push_back(Item("owner", "所有人姓名", "DE00101", "CONTENT", "G3", "PI", "PERSON"));
  items.push_back(Item("status", "车辆状态", "DE00309", "CONTENT", "G2", "NONE", "VEHICLE"));
  items.push_back(Item("inspect", "检验有效期", "DE00310", "CONTENT", "G2", "NONE", "VEHICLE"));
  Json content = Content("330100-ga-0012", "机动车登记信息", "本市机动车登记与检验状态",
                         "CONDITIONAL", "G3", std::move(items));
  content.Set("share_scope_all", true)
      .Set("share_conditions", Texts({"LAW_ENFORCEMENT", "SUPERVISION"}));
  if (impact == Assessment::kPresent) content.Set("pia_digest", DigestOf("pia R1"));
  return content;
}

Json LicenceResource() {
  Json::Array items;
  items.push_back(Item("operator", "业户名称", "DE00401", "KEY", "G1", "NONE", "LEGAL"));
  items.push_back(Item("licence", "许可证号", "DE00402", "CONTENT", "G1", "NONE", "LEGAL"));
  items.push_back(Item("scope", "经营范围", "DE00403", "CONTENT", "G1", "NONE", "LEGAL"));
  return Content("330100-jt-0003", "道路运输经营许可信息", "道路运输经营许可的基本信息",
                 "UNCONDITIONAL", "G1", std::move(items));
}

Json TaxReturnResource() {
  Json::Array items;
  items.push_back(Item("tax", "税种", "DE00501", "KEY", "G2", "NONE", "LEGAL"));
  items.push_back(Item("amount", "申报额", "DE00502", "CONTENT", "G4", "NONE", "LEGAL"));
  Json content = Content("330100-sw-0006", "纳税申报明细", "纳税人申报明细", "NOT_SHARED", "G4",
                         std::move(items));
  content.Set("prohibition_basis", Json::MakeObject({{"kind", "LAW"},
                                                     {"law", "税收征收管理法"},
                                                     {"article", "第八条"},
                                                     {"doc_digest", DigestOf("basis R6")},
                                                     {"case_by_case", true}}));
  return content;
}

Json RequestBody(const RequestPlan& plan) {
  Json items = Json::MakeArray();
  for (const std::string& item : plan.items) {
    items.Push(Json::MakeObject({{"item_id", item}, {"need_code", "SUPERVISION"}}));
  }
  Json systems = Json::MakeArray();
  systems.Push(
      Json::MakeObject({{"system", plan.system}, {"cidrs", Json(Json::Array{Json(plan.cidr)})}}));
  return Json::MakeObject({{"resource", plan.resource},
                           {"resource_version", 1},
                           {"kind", "NORMAL"},
                           {"items", std::move(items)},
                           {"share_class", plan.share_class},
                           {"basis_kind", "LAW"},
                           {"basis_ref", "道路运输条例"},
                           {"basis_doc_digest", DigestOf("basis")},
                           {"scene_code", "TRANSPORT_SUPERVISION"},
                           {"scene_digest", DigestOf("scene")},
                           {"use_scope", "营运车辆监管"},
                           {"delivery_mode", "API"},
                           {"matter_code", "JT-0102"},
                           {"systems", std::move(systems)},
                           {"valid_from", plan.from},
                           {"valid_to", plan.to},
                           {"measures", Texts({"MASK", "ACCESS_LOG", "ENCRYPTED_TRANSFER"})},
                           {"measures_doc_digest", DigestOf("measures")},
                           {"deploy_level", "CITY"},
                           {"daily_avg_declared", 500},
                           {"daily_cap", 990},
                           {"truth_commitment", true}});
}

Json GrantBody(const std::string& request, std::int64_t to) {
  return Json::MakeObject({{"request", request},
                           {"duty_agreement_digest", DigestOf("duty")},
                           {"purpose_code", "TRANSPORT_SUPERVISION"},
                           {"disposal_method", "DELETE"},
                           {"valid_to", to},
                           {"daily_cap", 990},
                           {"rate_per_min", 2000},
                           {"rows_per_call_max", 100},
                           {"bytes_per_day", 1'000'000'000}});
}

Json AccessJson(const AccessPlan& plan) {
  return Json::MakeObject({{"acc_id", plan.id},
                           {"action", plan.action},
                           {"bytes", 320},
                           {"case_commitment", DigestOf("case" + plan.id)},
                           {"client_ip", plan.address},
                           {"dataset_version", 1},
                           {"items_mask", plan.items_mask},
                           {"mask_profile", "none"},
                           {"matter_code", "JT-0102"},
                           {"occurred_at", plan.occurred_at},
                           {"purpose_code", "TRANSPORT_SUPERVISION"},
                           {"request_digest", DigestOf("q" + plan.id)},
                           {"response_digest", DigestOf("a" + plan.id)},
                           {"result", "OK"},
                           {"rows", plan.rows},
                           {"system", plan.system}});
}

}  // namespace jiandu::cli::demo
