"""The registers of projects, agencies, quality and comparison."""

from approval.register_columns import STATES, both, choice, choices, count, key, may, need
from approval.registers import Register, Total

FIVE_STANDARDS = (
    ("display", "窗口展示标准化", "Display"),
    ("service", "窗口服务标准化", "Service"),
    ("cases", "窗口办件标准化", "Cases"),
    ("management", "窗口管理标准化", "Management"),
    ("environment", "窗口环境标准化", "Environment"),
)
FOUR_QUALITIES = (
    ("image", "工作形象", "Appearance"),
    ("attitude", "工作态度", "Attitude"),
    ("quality", "工作质量", "Quality"),
    ("discipline", "工作纪律", "Discipline"),
)
AGENCY_SERVICES = (
    ("fire_testing", "消防安全检测", "Fire safety testing"),
    ("drawing_review", "建筑审图", "Review of drawings"),
    ("design", "工程设计", "Engineering design"),
    ("costing", "工程造价咨询与审计", "Cost consulting"),
    ("supervision", "工程监理", "Site supervision"),
    ("land_valuation", "房地产(土地)评估", "Land and property valuation"),
    ("audit", "审计验资", "Audit and capital verification"),
    ("asset_valuation", "资产评估", "Asset valuation"),
    ("tax_agency", "税务代理", "Tax agency"),
    ("business_agency", "工商代理", "Business registration agency"),
    ("testing", "检验检测", "Inspection and testing"),
    ("tender_agency", "招标代理", "Tender agency"),
)

WORK: tuple[Register, ...] = (
    Register(
        "benchmark_limits",
        both("外地承诺时限对照", "Limits of other cities"),
        (
            key("city", "城市", "City"),
            key("item", "事项基本编码", "Base code of the item"),
            need("days", "承诺时限(工作日)", "Promised working days", "int", highest=1000, is_public=True),
        ),
        (count("rows", "可比数据", "Rows"), Total("cities", both("城市数", "Cities"), distinct="city")),
        is_public=True,
    ),
    Register(
        "green_enterprises",
        both("大企业行政审批直通车名单", "Enterprises of the green channel"),
        (
            key("code", "统一社会信用代码", "Credit code"),
            need("name", "企业名称", "Name", is_public=True),
            need("since", "列入日期", "Listed on", "date"),
            may("until", "有效期至", "Until", "date"),
        ),
        (count("listed", "在列企业", "Listed"),),
    ),
    Register(
        "project_plan",
        both("工业项目计划表", "Plan of industrial projects"),
        (
            key("code", "项目编号", "Code"),
            need("name", "项目名称", "Name"),
            choice("kind", "性质", "Kind", ("new", "拟新开工", "New"), ("continued", "续建", "Continued")),
            need("investment_fen", "投资额(元)", "Investment (yuan)", "fen"),
            may("enterprise", "企业代码", "Credit code of the enterprise"),
        ),
        (
            count("projects", "项目数", "Projects"),
            count("investment", "投资总额", "Investment", of="investment_fen", is_fen=True),
        ),
    ),
    Register(
        "intermediaries",
        both("中介机构名录", "Intermediaries"),
        (
            key("code", "统一社会信用代码", "Credit code"),
            key("service", "服务种类", "Service", "choice", choices=choices(*AGENCY_SERVICES)),
            need("name", "机构名称", "Name", is_public=True),
            need("qualification", "资质", "Qualification", is_public=True),
            need("valid_until", "资质有效期至", "Qualified until", "date", is_public=True),
            need(
                "promise_days",
                "承诺时限(工作日)",
                "Promised working days",
                "int",
                highest=1000,
                is_public=True,
            ),
            need("price_fen", "收费标准(元)", "Price (yuan)", "fen", is_public=True),
            need("unit", "计价单位", "Unit", is_public=True),
            may("blacklisted_for", "列入黑名单原因", "Blacklisted for", is_public=True),
        ),
        (
            Total("agencies", both("机构数", "Agencies"), distinct="code"),
            Total("services", both("服务种类", "Kinds of service"), distinct="service"),
            count("blacklisted", "黑名单", "Blacklisted", ("blacklisted_for", ())),
        ),
        is_public=True,
    ),
    Register(
        "fee_changes",
        both("收费清理台账", "Changes of fees"),
        (
            key("code", "收费编码", "Fee"),
            need("department", "部门", "Department"),
            choice(
                "kind",
                "清理结果",
                "Result",
                ("cancelled", "取消", "Cancelled"),
                ("discount", "明确优惠政策", "Discount policy"),
                ("completed", "完善依据和标准", "Basis completed"),
                is_public=True,
            ),
            need("basis", "依据", "Basis", is_public=True),
        ),
        tuple(
            total
            for word, zh, en in (
                ("cancelled", "取消", "Cancelled"),
                ("discount", "优惠", "Discounts"),
                ("completed", "完善", "Completed"),
            )
            for total in (
                count(word, f"{zh}收费项目", en, ("kind", (word,))),
                count(
                    f"{word}_departments",
                    f"{zh}涉及部门",
                    f"{en}: departments",
                    ("kind", (word,)),
                    distinct="department",
                ),
            )
        ),
        is_public=True,
    ),
    Register(
        "cameras",
        both("视频点位", "Cameras"),
        (
            key("code", "点位编号", "Code"),
            need("window", "窗口", "Window", "window"),
            need("reference", "视频平台引用", "Reference in the video system"),
            choice("state", "状态", "State", *STATES),
        ),
        (count("working", "在线率", "In working order", ("state", ("working",)), share_of=()),),
    ),
    Register(
        "video_clips",
        both("视频片段引用", "Video clips"),
        (
            key("code", "片段编号", "Code"),
            need("camera", "点位编号", "Camera"),
            need("window", "窗口", "Window", "window"),
            need("begins", "开始时间", "Begins"),
            need("ends", "结束时间", "Ends"),
            may("digest", "文件摘要", "Digest of the file"),
        ),
    ),
    Register(
        "consultations",
        both("咨询问答", "Questions and answers"),
        (
            key("number", "编号", "Number"),
            need("asked_on", "提问日期", "Asked on", "date", is_public=True),
            need("question", "问题", "Question", is_public=True),
            may("answer", "答复", "Answer", is_public=True),
            may("answered_on", "答复日期", "Answered on", "date", is_public=True),
            may("item", "事项", "Item", "item", is_public=True),
        ),
        (count("answered", "答复率", "Answered", ("answered_on", ()), share_of=()),),
        is_public=True,
    ),
    Register(
        "training",
        both("培训记录", "Training"),
        (
            key("code", "编号", "Code"),
            need("held_on", "日期", "Held on", "date"),
            need("subject", "内容", "Subject"),
            need("people", "人数", "People", "int"),
            may("hours", "学时", "Hours", "int"),
        ),
        (count("people", "培训人次", "People trained", of="people"), count("sessions", "期数", "Sessions")),
    ),
    Register(
        "tasks",
        both("交办任务", "Tasks"),
        (
            key("number", "编号", "Number"),
            need("subject", "任务", "Subject"),
            need("owner", "责任科室", "Owner"),
            need("due_on", "完成时限", "Due on", "date"),
            may("done_on", "完成日期", "Done on", "date"),
        ),
        (count("done", "完成率", "Done", ("done_on", ()), share_of=()),),
    ),
    Register(
        "five_standards",
        both("窗口标准化检查表", "Standard windows"),
        (
            key("window", "窗口", "Window", "window"),
            key("checked_on", "检查日期", "Checked on", "date"),
            *(need(name, zh, en, "int", highest=20) for name, zh, en in FIVE_STANDARDS),
            may("note", "整改意见", "What to improve"),
        ),
    ),
    Register(
        "appraisals",
        both("双向考核", "Appraisals"),
        (
            key("person", "工号", "Staff number"),
            key("period", "考核期", "Period"),
            *(need(name, zh, en, "int", highest=25) for name, zh, en in FOUR_QUALITIES),
            need("sender_score", "派出部门评分", "Score of the sending department", "int", highest=100),
            need("department", "派出部门", "Sending department", "department"),
        ),
    ),
    Register(
        "site_appraisals",
        both("便民网络考核", "Appraisal of sites"),
        (
            key("site", "站点", "Site", "site"),
            key("period", "考核期", "Period"),
            need("score", "得分", "Score", "int", highest=100, is_public=True),
        ),
        is_public=True,
    ),
    Register(
        "documents",
        both("质量体系文件", "Controlled documents"),
        (
            key("code", "文件编号", "Code"),
            key("version", "版本", "Version", "int"),
            need("title", "名称", "Title"),
            choice(
                "kind",
                "类别",
                "Kind",
                ("form", "表单", "Form"),
                ("procedure", "程序文件", "Procedure"),
                ("record", "记录", "Record"),
            ),
            need("retention_years", "保存年限", "Kept for years", "int", highest=100),
            need("effective_on", "生效日期", "Effective on", "date"),
        ),
    ),
    Register(
        "nonconformities",
        both("不符合项", "Non-conformities"),
        (
            key("number", "编号", "Number"),
            need("found_on", "发现日期", "Found on", "date"),
            need("clause", "条款", "Clause"),
            need("finding", "事实", "Finding"),
            may("correction", "纠正措施", "Correction"),
            may("closed_on", "关闭日期", "Closed on", "date"),
        ),
        (count("closed", "关闭率", "Closed", ("closed_on", ()), share_of=()),),
    ),
)
