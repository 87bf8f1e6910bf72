import unittest

import groups


class Settings(unittest.TestCase):
    def test_a_quota_is_in_parts_of_a_period(self):
        self.assertEqual(groups.settings("cpu", 20, second=True), {"cpu.max": "20000 100000"})
        self.assertEqual(groups.settings("cpu", 20, second=False),
                         {"cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": "20000"})

    def test_memory_is_in_bytes(self):
        self.assertEqual(groups.settings("memory", 1 << 20, second=True),
                         {"memory.max": "1048576"})
        self.assertEqual(groups.settings("memory", 1 << 20, second=False),
                         {"memory.limit_in_bytes": "1048576"})

    def test_no_limit_needs_no_group(self):
        with groups.made("cpu", None) as folder:
            self.assertIsNone(folder)


if __name__ == "__main__":
    unittest.main()
