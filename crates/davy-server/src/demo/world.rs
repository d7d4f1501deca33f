//! The demo's directory: regions, people, sites, assignments. Ids are derived from names, so that making it again
//! changes what is there instead of doubling it.

use super::{DemoError, DemoLogin};
use crate::admin::{Admin, NewPerson};
use davy_core::event::{AssignmentSet, AssignmentState, InspectionKind, PersonSet, RegionSet, Role, SiteContact, SiteSet};
use davy_core::id::{AssignmentId, OrgId, PersonId, RegionId, SiteId};
use jiff::{Timestamp, ToSpan};
use uuid::Uuid;

/// Name of the organisation.
pub const ORGANISATION: &str = "云岭省安全生产委员会（演示）";
/// Everybody's password: the demo is for looking at, on one's own machine.
const PASSWORD: &str = "lamp-1815-davy";

/// What the demo's history is made with.
pub struct World {
    /// Logins.
    pub logins: Vec<DemoLogin>,
    /// Who gets the demo tablet.
    pub tablet: PersonId,
    /// Who has the second device.
    pub second: PersonId,
    /// Who reviews.
    pub supervisor: PersonId,
    /// Sites of the history: coal mine, construction, chemicals.
    pub sites: [SiteId; 3],
}

fn id(org: OrgId, name: &str) -> Uuid {
    use sha2::{Digest, Sha256};
    let hash = Sha256::new().chain_update(b"davy demo").chain_update(org.as_bytes()).chain_update(name).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

struct Person {
    login: &'static str,
    name: &'static str,
    role: Role,
    badge: Option<&'static str>,
    region: Option<&'static str>,
    site: Option<&'static str>,
}

const fn person(login: &'static str, name: &'static str, role: Role, region: Option<&'static str>) -> Person {
    Person { login, name, role, badge: None, region, site: None }
}

const REGIONS: [(&str, Option<&str>); 5] =
    [("云岭省", None), ("临江市", Some("云岭省")), ("石桥县", Some("临江市")), ("北川市", Some("云岭省")), ("青泉县", Some("北川市"))];

const PEOPLE: [Person; 9] = [
    person("admin", "何静", Role::Administrator, None),
    person("supervisor", "周明远", Role::Supervisor, Some("石桥县")),
    person("supervisor2", "林秀兰", Role::Supervisor, Some("青泉县")),
    person("committee", "高志强", Role::Committee, Some("云岭省")),
    person("auditor", "宋雅琴", Role::Auditor, None),
    Person { badge: Some("云执法-0417"), ..person("inspector", "李国栋", Role::Inspector, Some("石桥县")) },
    Person { badge: Some("云执法-0532"), ..person("inspector2", "王海燕", Role::Inspector, Some("石桥县")) },
    Person { badge: Some("云执法-0688"), ..person("inspector3", "陈立", Role::Inspector, Some("青泉县")) },
    Person { site: Some("鸿源化工厂区"), ..person("officer", "赵建业", Role::EnterpriseOfficer, None) },
];

/// Name, enterprise, industry, region, areas, principal, safety officer.
const SITES: [(&str, &str, &str, &str, &str, &str, &str); 9] = [
    ("永安煤矿", "石桥永安矿业有限公司", "coal-mines", "石桥县", "3301综采工作面,主通风机房,中央变电所,井底车场", "孙德海", "马俊"),
    ("红岩煤矿", "红岩能源集团", "coal-mines", "石桥县", "1206回采工作面,架空乘人装置巷,主排水泵房", "吴振华", "郭峰"),
    ("滨江花园二期", "临江第三建筑公司", "building-construction", "石桥县", "1号楼塔吊,基坑北侧,地下室模板,钢筋加工棚", "罗永平", "谢涛"),
    ("石桥县人民医院迁建", "云岭建工集团", "building-construction", "石桥县", "门诊楼外架,施工升降机,临时用电总箱", "韩志勇", "唐磊"),
    (
        "鸿源化工厂区",
        "鸿源化工有限公司",
        "hazardous-chemicals",
        "石桥县",
        "罐区T-101至T-106,液氯仓库,DCS控制室,装卸站台",
        "曹立新",
        "赵建业",
    ),
    ("青泉煤矿", "青泉煤业有限公司", "coal-mines", "青泉县", "202掘进工作面,总回风巷,瓦斯抽采泵站", "彭志刚", "袁伟"),
    ("清水湾安置房", "北川城建", "building-construction", "青泉县", "2号楼脚手架,卸料平台,办公生活区", "邓超", "许强"),
    ("北川大桥引桥工程", "云岭路桥", "building-construction", "青泉县", "桩机作业区,钢结构堆场", "沈建国", "曾凡"),
    ("蓝天气体充装站", "蓝天气体有限公司", "hazardous-chemicals", "青泉县", "充装间,储罐区,消防泵房", "蒋勇", "傅敏"),
];

/// Site, checklist, kind, days until due, who, note.
type Assigned = (&'static str, &'static str, InspectionKind, i64, &'static [&'static str], Option<&'static str>);
const ASSIGNMENTS: [Assigned; 5] = [
    ("永安煤矿", "coal-mines", InspectionKind::Enforcement, 1, &["inspector", "inspector2"], Some("重点查3301工作面瓦斯与主通风机")),
    ("滨江花园二期", "building-construction", InspectionKind::Enforcement, 3, &["inspector"], Some("塔吊顶升后复核")),
    ("鸿源化工厂区", "hazardous-chemicals", InspectionKind::Patrol, 5, &["inspector", "inspector2"], None),
    ("鸿源化工厂区", "hazardous-chemicals", InspectionKind::SelfCheck, 2, &["officer"], Some("月度自查")),
    ("青泉煤矿", "coal-mines", InspectionKind::Enforcement, 4, &["inspector3"], None),
];

const fn place_of(person: &Person) -> &'static str {
    match (person.site, person.region) {
        (Some(site), _) => site,
        (None, Some(region)) => region,
        (None, None) => "云岭省",
    }
}

impl World {
    /// Makes the directory, or what of it is missing.
    ///
    /// # Errors
    /// The store fails.
    pub async fn make(admin: &Admin, org: OrgId) -> Result<Self, DemoError> {
        let directories = std::sync::Arc::clone(&admin.app().directories);
        let directory = admin.app().store.query(move |tx| directories.get(tx, org)).await.map_err(crate::error::ApiError::from)?;
        let region = |name: &str| RegionId::from_uuid(id(org, name));
        let site = |name: &str| SiteId::from_uuid(id(org, name));
        let who = |login: &str| PersonId::from_uuid(id(org, login));
        for (name, parent) in REGIONS {
            if !directory.regions.contains_key(&region(name)) {
                admin.put_region(org, Some(region(name)), RegionSet { name: name.to_owned(), parent: parent.map(region) }).await?;
            }
        }
        for row in SITES {
            if !directory.sites.contains_key(&site(row.0)) {
                admin.put_site(org, Some(site(row.0)), site_set(row, region(row.3))).await?;
            }
        }
        let mut logins = Vec::with_capacity(PEOPLE.len());
        for person in PEOPLE {
            if !directory.people.contains_key(&who(person.login)) {
                let set =
                    PersonSet { name: person.name.to_owned(), role: person.role, active: true, badge: person.badge.map(str::to_owned) };
                let new = NewPerson {
                    id: Some(who(person.login)),
                    set,
                    login: Some(person.login.to_owned()),
                    password: Some(PASSWORD.to_owned()),
                    region: person.region.map(region),
                    site: person.site.map(site),
                };
                admin.put_person(org, new).await?;
            }
            logins.push(DemoLogin {
                name: person.name.to_owned(),
                role: person.role,
                login: person.login.to_owned(),
                password: PASSWORD.to_owned(),
                place: place_of(&person).to_owned(),
            });
        }
        let now = Timestamp::from_millisecond(admin.app().clock.now().0).unwrap_or_default();
        let today = now.to_zoned(jiff::tz::TimeZone::system()).date();
        for (at, checklist, kind, days, people, note) in ASSIGNMENTS {
            let assignment = AssignmentId::from_uuid(id(org, &format!("{at} {kind:?}")));
            if directory.assignments.iter().any(|known| known.id == assignment) {
                continue;
            }
            let set = AssignmentSet {
                site: site(at),
                checklist: checklist.to_owned(),
                kind,
                assignees: people.iter().map(|login| who(login)).collect(),
                due: today.checked_add(days.days()).ok().map(|day| day.to_string()),
                note: note.map(str::to_owned),
                state: AssignmentState::Open,
            };
            admin.put_assignment(org, Some(assignment), set).await?;
        }
        Ok(Self {
            logins,
            tablet: who("inspector"),
            second: who("inspector2"),
            supervisor: who("supervisor"),
            sites: [site("红岩煤矿"), site("石桥县人民医院迁建"), site("鸿源化工厂区")],
        })
    }
}

fn site_set(row: (&str, &str, &str, &str, &str, &str, &str), region: RegionId) -> SiteSet {
    let contact = |duty: &str, name: &str| SiteContact { duty: duty.to_owned(), name: name.to_owned() };
    SiteSet {
        name: row.0.to_owned(),
        enterprise: row.1.to_owned(),
        industry: row.2.to_owned(),
        region,
        address: Some(format!("云岭省{}", row.3)),
        areas: row.4.split(',').map(str::to_owned).collect(),
        contacts: vec![contact("主要负责人", row.5), contact("安全员", row.6)],
    }
}
