// Text of strangers in a page: it stays text, and what cannot be seen is spelt out.
#include "evidence/html.h"

#include <gtest/gtest.h>

namespace jiandu::evidence {
namespace {

TEST(Html, MarkupBecomesText) {
  EXPECT_EQ(Text("</script><script>alert('x')</script>"),
            "&lt;/script&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
  EXPECT_EQ(Text("a & b \"c\""), "a &amp; b &quot;c&quot;");
  EXPECT_EQ(Text("&lt;"), "&amp;lt;");
  EXPECT_EQ(Text("</pre><img src=x onerror=y>"), "&lt;/pre&gt;&lt;img src=x onerror=y&gt;");
  EXPECT_EQ(Text("临江市公安局"), "临江市公安局");
  EXPECT_EQ(Text("𠮷 😀"), "𠮷 😀");
  EXPECT_EQ(Text(""), "");
}

// Unicode TR 36: overrides and marks of direction, what has no width.
TEST(Html, WhatCannotBeSeenIsSpeltOut) {
  EXPECT_EQ(Text("a\u202Egnp.exe"), "a<span class=\"u\">U+202E</span>gnp.exe");
  for (const char* unseen : {"\u200B", "\u200D", "\u200E", "\u200F", "\u2028", "\u202A", "\u2066",
                             "\u2069", "\u061C", "\uFEFF", "\u00AD", "\u3164", "\U000E0041"}) {
    const std::string html = Text(unseen);
    EXPECT_TRUE(html.starts_with("<span class=\"u\">U+")) << html;
    EXPECT_FALSE(html.contains(unseen)) << html;
  }
  EXPECT_EQ(Text(std::string_view("\0", 1)), "<span class=\"u\">U+0000</span>");
  EXPECT_EQ(Text("\x1b[31m"), "<span class=\"u\">U+001B</span>[31m");
  EXPECT_EQ(Text("line\nnext\ttab"), "line\nnext\ttab");
}

TEST(Html, BytesThatAreNoTextDoNoHarm) {
  EXPECT_EQ(Text("\xff<"), "\uFFFD&lt;");
  EXPECT_EQ(Text("\xe4\xb8"), "\uFFFD\uFFFD");            // cut short
  EXPECT_EQ(Text("\xc0\xbc"), "\uFFFD\uFFFD");            // an overlong "<"
  EXPECT_EQ(Text("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD");  // a lone surrogate
}

TEST(Html, AValueKeepsItsDirectionToItself) {
  EXPECT_EQ(Value("שלום"), "<bdi>שלום</bdi>");
  EXPECT_EQ(Code("<"), "<code>&lt;</code>");
  EXPECT_EQ(BothText("<", ">"), "<span lang=\"zh\">&lt;</span> <span lang=\"en\">&gt;</span>");
}

TEST(Html, AMomentIsNeverBrokenWithinDateOrTime) {
  EXPECT_EQ(Moment("2026-04-02 24:00:00"), "<span class=\"t\">2026-04-02<br>24:00:00</span>");
  EXPECT_EQ(Moment("never"), "<span class=\"t\">never</span>");
}

TEST(Html, AnEmptyTableSaysSo) {
  Table table({"a"});
  EXPECT_TRUE(table.IsEmpty());
  EXPECT_TRUE(table.Html().contains("None."));
  table.Row({"1"}, "late");
  EXPECT_TRUE(table.Html().contains("<tr class=\"late\"><td>1</td></tr>"));
}

}  // namespace
}  // namespace jiandu::evidence
