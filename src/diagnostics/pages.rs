//! The pages of `jibe explain`, embedded: `docs/errors/CODE.md`.

macro_rules! pages {
    ($($code:ident)*) => {
        /// Every page: the code and its Markdown, in order.
        pub const PAGES: &[(&str, &str)] = &[$((stringify!($code), include_str!(concat!("../../docs/errors/", stringify!($code), ".md"))),)*];
    };
}

pages! {
    J0101 J0102 J0103 J0104 J0106 J0107 J0108 J0109 J0110 J0112 J0114 J0115 J0201 J0204 J0205 J0206
    J0207 J0208 J0209 J0210 J0212 J0301 J0302 J0303 J0304 J0305 J0306 J0307 J0308 J0309 J0310 J0311
    J0312 J0313 J0314 J0316 J0317 J0319 J0320 J0401 J0402 J0403 J0404 J0405 J0406 J0407 J0408 J0409
    J0501 J0502 J0503 J0504 J0505 J0506 J0507 J0601 J0602 J0603 J0604 J0605 J0607 J0608 J0609 J0610
    J0611 J0612 J0614 J0701 J0702 J0704 J0705 J0706 J0801 J0803 J0804 J0805 J0806 J0807 J0808 J0809
    J0810 J0811 J0812 J0813 J0814 J0815 J0816 J0817 J0818 J0901 J0902 J0903 J0904 J0905 J0906 J0907
    J0908 J0909 J0910 J0911 J1001 J1003 J1009 J1015 J1028 J1102 J1103 J1104 J1105 J1106 J1107 J1108
    J1109 J1110 J1111 J1112 J1113 J1114 J1115 J1116 J1201 J1301 J1401 J1402 J1501
}

/// The page of a code; `None` where none is written yet.
pub fn page(code: &str) -> Option<&'static str> {
    PAGES.iter().find(|(c, _)| *c == code).map(|(_, text)| *text)
}
