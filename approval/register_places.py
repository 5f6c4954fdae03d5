"""The registers of sites, staff and rooms."""

from approval.register_columns import STATES, YES, both, choice, choices, count, key, may, need
from approval.registers import Register, Total

SIX_HAVE = (
    ("place", "有场所", "Place"),
    ("sign", "有牌子", "Sign"),
    ("duty_staff", "有固定值班人员", "Staff on duty"),
    ("telephone", "有公开联系电话", "Public telephone"),
    ("book", "有便民服务登记簿", "Register of services"),
    ("guide", "有办事流程或指南", "Procedure or guide"),
)
FOUR_IN_PLACE = (
    ("people", "人员到位", "People"),
    ("room", "场地到位", "Room"),
    ("facilities", "设施到位", "Facilities"),
    ("rules", "制度到位", "Rules"),
)
LEVELS = (("low", "低", "Low"), ("medium", "中", "Medium"), ("high", "高", "High"))
SERVICES = (
    ("certificates", "办理证照(件)", "Certificates"),
    ("trainings", "培训(人)", "People trained"),
    ("leaflets", "发放资料(份)", "Leaflets"),
    ("consultations", "接受咨询(人次)", "Consultations"),
    ("labour", "劳务输出(人)", "Labour placed"),
)
RANKS = (
    ("section_chief", "科级以上", "Section chief or above"),
    ("staff", "一般人员", "Staff"),
    ("worker", "工勤人员", "Worker"),
)
UNITS = (
    ("window", "窗口", "Window"),
    ("office", "办公室", "Office"),
    ("business", "业务股", "Business"),
    ("inspection", "督查股", "Inspection"),
    ("information", "信息股", "Information"),
)

PLACES: tuple[Register, ...] = (
    Register(
        "devices",
        both("设备台账", "Devices"),
        (
            key("code", "设备编号", "Code"),
            choice(
                "kind",
                "种类",
                "Kind",
                ("attendance", "考勤机", "Attendance terminal"),
                ("touch_screen", "电子查询触摸屏", "Touch screen"),
                ("computer", "微机", "Computer"),
                ("screen", "电子显示屏", "Wall screen"),
                ("scanner", "高速扫描仪", "Scanner"),
                ("door", "电子门禁", "Door control"),
                ("patrol", "电子巡更", "Patrol system"),
                ("broadcast", "低音广播", "Broadcast"),
                ("other", "其他", "Other"),
            ),
            may("window", "窗口", "Window", "window"),
            may("site", "站点", "Site", "site"),
            choice("state", "状态", "State", *STATES),
            may("bought_on", "购置日期", "Bought on", "date"),
        ),
        (count("working", "完好率", "In working order", ("state", ("working",)), share_of=()),),
    ),
    Register(
        "subsidies",
        both("补助台账", "Subsidies"),
        (
            key("site", "站点", "Site", "site"),
            key("year", "年度", "Year", "int"),
            choice("kind", "层级", "Level", ("town", "乡镇", "Town"), ("village", "村", "Village")),
            need("amount_fen", "补助金额(元)", "Amount (yuan)", "fen"),
        ),
        (
            count("paid", "补助总额", "Paid in all", of="amount_fen", is_fen=True),
            count("towns", "补助乡镇数", "Towns", ("kind", ("town",))),
            count("villages", "补助村数", "Villages", ("kind", ("village",))),
        ),
    ),
    Register(
        "town_statistics",
        both("乡镇便民服务统计", "Town statistics"),
        (
            key("site", "站点", "Site", "site"),
            key("period", "期间", "Period"),
            key("kind", "项目", "Service", "choice", choices=choices(*SERVICES)),
            need("count", "数量", "Count", "int"),
        ),
        tuple(count(word, zh, en, ("kind", (word,)), of="count") for word, zh, en in SERVICES),
    ),
    Register(
        "village_agents",
        both("便民服务代办员", "Village agents"),
        (
            key("site", "村(社区)", "Village", "site"),
            key("name", "代办员姓名", "Name"),
            need("services", "服务事项", "Services", is_public=True),
            need("address", "办公地点", "Address", is_public=True),
            need("telephone", "电话号码", "Telephone", is_public=True),
        ),
        (
            count("agents", "代办员(中心户)数", "Agents"),
            Total("villages", both("覆盖村数", "Villages"), distinct="site"),
        ),
        is_public=True,
    ),
    Register(
        "six_have",
        both("六有检查表", "Six things a site has"),
        (
            key("site", "站点", "Site", "site"),
            *(need(name, zh, en, "truth", is_public=True) for name, zh, en in SIX_HAVE),
            need("checked_on", "检查日期", "Checked on", "date", is_public=True),
        ),
        (
            count("complete", "六有齐全", "All six", *((name, YES) for name, _, _ in SIX_HAVE), share_of=()),
            *(count(name, zh, en, (name, YES), share_of=()) for name, zh, en in SIX_HAVE),
        ),
        is_public=True,
    ),
    Register(
        "four_in_place",
        both("四到位检查表", "Four things in place"),
        (
            key("site", "站点", "Site", "site"),
            *(need(name, zh, en, "truth", is_public=True) for name, zh, en in FOUR_IN_PLACE),
        ),
        (count("complete", "四到位", "All four", *((n, YES) for n, _, _ in FOUR_IN_PLACE), share_of=()),),
        is_public=True,
    ),
    Register(
        "duty_roster",
        both("带班值班表", "Duty roster"),
        (
            key("site", "站点", "Site", "site"),
            key("day", "日期", "Day", "date"),
            need("leader", "带班领导", "Duty officer", is_public=True),
            may("staff", "值班人员", "Staff on duty", is_public=True),
        ),
        is_public=True,
    ),
    Register(
        "work_ledger",
        both("工作台账", "Work ledger"),
        (
            key("site", "站点", "Site", "site"),
            key("number", "编号", "Number"),
            need("day", "日期", "Day", "date"),
            need("subject", "事项", "Subject"),
            choice(
                "handling",
                "办理情况",
                "Handling",
                ("done", "直接办理", "Done here"),
                ("forwarded", "全程代理", "Forwarded"),
                ("answered", "答复", "Answered"),
                ("open", "办理中", "Open"),
            ),
        ),
        (count("handled", "已办", "Handled", ("handling", ("done", "forwarded", "answered")), share_of=()),),
    ),
    Register(
        "risk_points",
        both("廉政风险点", "Risk points"),
        (
            key("department", "部门", "Department", "department"),
            key("post", "岗位", "Post"),
            key("point", "风险点", "Risk point"),
            choice("level", "风险等级", "Level", *LEVELS),
            need("control", "防控措施", "Control"),
        ),
        tuple(
            count(word, f"{zh}风险", f"{en} risk", ("level", (word,)), share_of=()) for word, zh, en in LEVELS
        ),
    ),
    Register(
        "staff",
        both("人员编制台账", "Staff roster"),
        (
            key("number", "工号", "Staff number"),
            choice("unit", "科室", "Unit", *UNITS),
            choice("rank", "职级", "Rank", *RANKS),
            may("department", "派出部门", "Sending department", "department"),
            may("window", "窗口", "Window", "window"),
            need("is_chief", "首席代表", "Chief representative", "truth"),
            may("since", "进驻日期", "Since", "date"),
        ),
        (
            count("window_staff", "窗口工作人员", "Window staff", ("unit", ("window",))),
            count(
                "centre_staff",
                "中心编制",
                "Posts of the centre",
                ("unit", ("office", "business", "inspection", "information")),
            ),
            count("workers", "工勤人员", "Workers", ("rank", ("worker",))),
            count(
                "chiefs_by_rank",
                "首席代表科级以上占比",
                "Chief representatives of section rank",
                ("is_chief", YES),
                ("rank", ("section_chief",)),
                share_of=(("is_chief", YES),),
            ),
        ),
    ),
    Register(
        "window_units",
        both("窗口单位", "Window units"),
        (
            key("code", "编号", "Code"),
            need("name", "单位名称", "Name", is_public=True),
            choice(
                "kind",
                "类别",
                "Kind",
                ("licensing", "行政许可单位", "Licensing"),
                ("public_service", "便民服务单位", "Public service"),
                is_public=True,
            ),
        ),
        (
            count("units", "窗口单位", "Units"),
            count("licensing", "行政许可单位", "Licensing", ("kind", ("licensing",))),
            count("public_service", "便民服务单位", "Public service", ("kind", ("public_service",))),
        ),
        is_public=True,
    ),
)
