//! Mail that comes in during the demo's past, and the programs that have a key.

/// Hours ago, and the mail as received.
pub const MAILS: &[(i64, &str)] = &[(26, MACHINE), (3, LETTER), (2, AWAY)];

/// A monitoring service's mail with ACNS in it.
const MACHINE: &str = "Return-Path: <notices@reelwatch.example>\r\nAuthentication-Results: mx.northwind.example; spf=pass smtp.mailfrom=reelwatch.example; dkim=pass header.d=reelwatch.example; dmarc=pass\r\nFrom: Reelwatch Notices <notices@reelwatch.example>\r\nTo: copyright@northwind.example\r\nSubject: Notice of claimed infringement RW-88412\r\nMessage-ID: <rw-88412@reelwatch.example>\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nNotice ID: RW-88412\r\n\r\nWe act on behalf of Lantern Street Pictures. We have a good faith belief that the use of the film described below is not authorized by the copyright owner, its agent, or the law. The information in this notice is accurate. Under penalty of perjury, we are authorized to act on behalf of the owner of an exclusive right that is allegedly infringed.\r\n\r\nRegards,\r\nAmara Quill\r\n\r\n- ----Start ACNS XML\r\n<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<Infringement xmlns=\"http://www.acns.net/ACNS\">\r\n <Case><ID>RW-88412</ID><Status>Open</Status></Case>\r\n <Complainant><Entity>Lantern Street Pictures</Entity><Contact>Amara Quill</Contact><Email>notices@reelwatch.example</Email></Complainant>\r\n <Source><TimeStamp>2026-01-14T03:20:11Z</TimeStamp><IP_Address>203.0.113.17</IP_Address><Port>51413</Port><SubType BaseType=\"P2P\" Protocol=\"BITTORRENT\"/></Source>\r\n <Content><Item><Title>The Lamplighter & the Tide</Title><FileName>lamplighter.2160p.mkv</FileName><Hash Type=\"SHA1\">fb3126d027fc9e7f88c350d2c695f1ef007e6ab3</Hash></Item></Content>\r\n</Infringement>\r\n- ----End ACNS XML\r\n";

/// A photographer writes by hand.
const LETTER: &str = "Return-Path: <petra@petrahale.example>\r\nAuthentication-Results: mx.northwind.example; spf=pass smtp.mailfrom=petrahale.example; dkim=none; dmarc=pass\r\nFrom: Petra Hale <petra@petrahale.example>\r\nTo: copyright@northwind.example\r\nSubject: My photographs on a site you host\r\nMessage-ID: <20260310.1@petrahale.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello,\r\n\r\nI am a photographer. My pictures \"Winter Pier\" and \"Ferry at Six\" are on this site without my permission:\r\n\r\nhttps://sundial-cafe.example/wp-content/winter-pier.jpg\r\nhttps://sundial-cafe.example/wp-content/ferry.jpg\r\n\r\nThe originals are on my own page, https://petrahale.example/piers\r\n\r\nI have a good faith belief that this use is not authorized by me, an agent of mine, or the law. The information in this mail is accurate.\r\n\r\nPlease have them taken down.\r\n\r\nKind regards,\r\nPetra Hale\r\n+44 131 496 0771\r\n";

/// A machine answers; nothing follows from it.
const AWAY: &str = "Return-Path: <>\r\nFrom: Idris Moor <idris@brightmoor.example>\r\nTo: copyright@northwind.example\r\nSubject: Automatic reply: Copyright notice\r\nMessage-ID: <away-1@brightmoor.example>\r\nAuto-Submitted: auto-replied\r\n\r\nI am away until Monday.\r\n";

/// Names and scopes of keys.
pub const KEYS: &[(&str, &str)] =
    &[("Control panel", "customers:read customers:write cases:read events:read"), ("Reelwatch", "notices:write")];
