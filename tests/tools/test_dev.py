"""./dev: what it says and counts, with the machine's programs replaced by small stand-ins."""

import os
import subprocess
import unittest

from tree import TreeTest

TOP = os.path.realpath(os.path.join(os.path.dirname(__file__), "..", ".."))
PARTS = ("common", "packages", "build", "test", "mutants")


class Dev(TreeTest):
    def run_dev(self, *arguments):
        return subprocess.run([os.path.join(TOP, "dev"), *arguments], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False)

    def run_parts(self, script, **stand_ins):
        """Runs `script` after sourcing the parts of ./dev, with programs of the given texts first."""
        for name, text in stand_ins.items():
            self.put(f"bin/{name.replace('_', '-')}", "#!/bin/bash\n" + text)
            os.chmod(f"{self.root}/bin/{name.replace('_', '-')}", 0o755)
        sources = "".join(f"source {TOP}/tools/dev_{part}.sh\n" for part in PARTS)
        environment = dict(os.environ, PATH=f"{self.root}/bin:{os.environ['PATH']}")
        environment.pop("JIANDU_ANY_SYSTEM", None)
        return subprocess.run(["bash", "-c", f"set -euo pipefail\nroot={self.root}\njobs=1\n"
                               f"{sources}{script}"], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, check=False, env=environment)

    def test_help_names_every_command(self):
        answer = self.run_dev("help")
        self.assertEqual(answer.returncode, 0)
        for command in ("demo", "test", "build", "bench", "lint", "mutants", "fuzz",
                        "clean"):
            self.assertIn(f"  {command}", answer.stdout)

    def test_unknown_commands_and_flags_end_with_a_sentence(self):
        for arguments in (("tset",), ("test", "--fast"), ("build", "x"), ("lint", "x"),
                          ("clean", "x"), ("fuzz", "soon")):
            with self.subTest(arguments=arguments):
                answer = self.run_dev(*arguments)
                self.assertEqual(answer.returncode, 1)
                self.assertIn("error: ", answer.stderr)

    def test_missing_packages_are_those_dpkg_does_not_call_installed(self):
        answer = self.run_parts("missing_packages cmake ccache ninja-build",
                                dpkg_query="echo 'ii  cmake'; echo 'rc  ccache'\n")
        self.assertEqual(answer.stdout.split(), ["ccache", "ninja-build"])

    def test_boost_1_74_is_an_error_with_its_cure(self):
        answer = self.run_parts("check_boost 'cmake libboost1.81-dev'", dpkg_query="echo 'ii '\n")
        self.assertEqual(answer.returncode, 1)
        self.assertIn("apt-get install libboost1.81-dev", answer.stderr)

    def test_boost_1_74_does_not_matter_when_1_81_is_there(self):
        answer = self.run_parts("check_boost 'cmake'", dpkg_query="echo 'ii '\n")
        self.assertEqual(answer.returncode, 0, answer.stderr)

    def test_a_full_disk_is_an_error_with_its_cure(self):
        answer = self.run_parts("check_system", df="echo h; echo 'fs 1 1 2047 99% /'\n")
        self.assertEqual(answer.returncode, 1)
        self.assertIn("2047 MB", answer.stderr)

    def test_without_a_terminal_nobody_is_asked_and_nothing_is_installed(self):
        answer = self.run_parts("ask 'Really?' && echo asked || echo refused")
        self.assertEqual(answer.stdout.strip(), "refused")

    def test_jobs_are_bounded_by_memory(self):
        memory = "echo $((MB / 1500))\n"
        for megabytes, jobs in (("900", "1"), ("3100", "2"), ("64000", "8")):
            answer = self.run_parts("count_jobs", nproc="echo 8\n", awk=f"echo {megabytes}\n",
                                    unused=memory)
            self.assertEqual(answer.stdout.strip(), jobs)

    def test_an_interrupt_ends_what_is_under_way(self):
        answer = self.run_parts("(sleep 0.5; kill -TERM $$) & run_logged slow worker; echo survived",
                                worker="trap 'echo ended >&2; exit 1' TERM\n"
                                       "for _ in {1..100}; do sleep 0.1; done\n")
        self.assertEqual(answer.returncode, 130)
        self.assertNotIn("survived", answer.stdout)
        with open(f"{self.root}/build/logs/slow.log", encoding="utf-8") as log:
            for _ in range(100):
                if "ended" in log.read():
                    return
                subprocess.run(["sleep", "0.05"], check=True)
        self.fail("the command went on after ./dev had ended")

    def counted(self, tests, failures, skipped):
        report = f'<testsuite name="x" tests="{tests}" failures="{failures}" disabled="0" skipped="{skipped}">'
        ctest = (f"while (($#)); do [[ $1 == --output-junit ]] && echo '{report}' >$2; shift; done\n"
                 f"exit {int(failures > 0)}\n")
        return self.run_parts("mkdir -p $logs; run_tests x $root; summary", ctest=ctest)

    def test_the_last_line_says_what_ran(self):
        answer = self.counted(10, 0, 3)
        self.assertEqual(answer.stdout.splitlines()[-1], "7 passed, 0 failed, 3 skipped")
        self.assertEqual(answer.returncode, 0)

    def test_one_failure_fails_the_whole(self):
        answer = self.counted(10, 1, 0)
        self.assertEqual(answer.stdout.splitlines()[-1], "9 passed, 1 failed, 0 skipped")
        self.assertEqual(answer.returncode, 1)

    def test_no_test_at_all_is_a_failure(self):
        answer = self.counted(0, 0, 0)
        self.assertEqual(answer.returncode, 1)
        self.assertIn("ran no test at all", answer.stderr)

    def test_a_ctest_that_cannot_start_is_a_failure(self):
        answer = self.run_parts("run_tests x $root; summary", ctest="exit 8\n")
        self.assertEqual(answer.returncode, 1)
        self.assertNotIn("passed", answer.stdout)

    def test_a_broken_rule_fails_the_whole(self):
        answer = self.run_parts("check rule false; summary")
        self.assertEqual(answer.stdout.splitlines()[-1], "0 passed, 1 failed, 0 skipped")
        self.assertEqual(answer.returncode, 1)


if __name__ == "__main__":
    unittest.main()
