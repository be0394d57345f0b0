//! The body of a letter: blocks that are values. Nothing a person wrote is ever parsed; a value stands in the place the
//! letter's code gave it and nowhere else.

use crate::domain::access::private_link::PrivateLink;

/// A run of characters in a paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Run {
    Plain(String),
    /// Bold in HTML; the text part shows it plain.
    Strong(String),
}

impl Run {
    /// Its characters.
    pub fn text(&self) -> &str {
        match self {
            Self::Plain(text) | Self::Strong(text) => text,
        }
    }
}

/// Where a button leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// An address anybody may know.
    Public(String),
    /// A page behind the letter's own token.
    Private(PrivateLink),
}

/// One block of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Heading, in HTML only: the subject says it in the text part.
    Heading(String),
    Section(String),
    Paragraph(Vec<Run>),
    Deadline {
        label: String,
        time: String,
        /// The same in the zone of the host, or empty.
        zone: String,
    },
    /// A link, whose address is shown as well.
    Button {
        label: String,
        target: Target,
    },
    /// Rows of a label and a value; rows with the same label in a row are shown as one.
    Facts(Vec<(String, String)>),
    /// Numbered steps.
    Steps(Vec<String>),
    /// Items without numbers.
    List(Vec<String>),
    /// Numbered addresses, never wrapped.
    Addresses(Vec<String>),
    /// What a person wrote, line by line, word for word.
    Quote(Vec<String>),
    /// Lines that are copied as they are, such as a command or a signature: never wrapped, nothing before them.
    Verbatim(Vec<String>),
    /// Why the reader gets this letter: last, in small letters.
    Reason(String),
}

/// Builds the body of a letter block by block.
#[derive(Clone, Debug, Default)]
pub struct LetterBody {
    blocks: Vec<Block>,
}

impl LetterBody {
    /// A body that begins with a heading.
    pub fn new(heading: impl Into<String>) -> Self {
        Self { blocks: vec![Block::Heading(heading.into())] }
    }

    /// A section heading.
    pub fn section(&mut self, title: impl Into<String>) -> &mut Self {
        self.push(Block::Section(title.into()))
    }

    /// A paragraph.
    pub fn paragraph(&mut self, text: impl Into<String>) -> &mut Self {
        self.push(Block::Paragraph(vec![Run::Plain(text.into())]))
    }

    /// A paragraph that begins in bold.
    pub fn emphasized(&mut self, strong: impl Into<String>, text: impl Into<String>) -> &mut Self {
        self.push(Block::Paragraph(vec![Run::Strong(strong.into()), Run::Plain(text.into())]))
    }

    /// A deadline, with the same time in the zone of the host.
    pub fn deadline(
        &mut self,
        label: impl Into<String>,
        time: impl Into<String>,
        zone: impl Into<String>,
    ) -> &mut Self {
        self.push(Block::Deadline { label: label.into(), time: time.into(), zone: zone.into() })
    }

    /// A link to a page behind the letter's own token.
    pub fn private_button(&mut self, label: impl Into<String>, link: &PrivateLink) -> &mut Self {
        self.push(Block::Button { label: label.into(), target: Target::Private(link.clone()) })
    }

    /// A link to a page for everybody.
    pub fn public_button(&mut self, label: impl Into<String>, address: impl Into<String>) -> &mut Self {
        self.push(Block::Button { label: label.into(), target: Target::Public(address.into()) })
    }

    /// A row of facts; rows that follow each other are one table.
    pub fn fact(&mut self, label: impl Into<String>, value: impl Into<String>) -> &mut Self {
        let row = (label.into(), value.into());
        if let Some(Block::Facts(rows)) = self.blocks.last_mut() {
            rows.push(row);
            return self;
        }
        self.push(Block::Facts(vec![row]))
    }

    /// A row for each value, under one label.
    pub fn facts<T: Into<String>>(&mut self, label: &str, values: impl IntoIterator<Item = T>) -> &mut Self {
        for value in values {
            self.fact(label, value);
        }
        self
    }

    /// Numbered steps.
    pub fn steps<T: Into<String>>(&mut self, steps: impl IntoIterator<Item = T>) -> &mut Self {
        self.list(Block::Steps, steps)
    }

    /// Items without numbers.
    pub fn items<T: Into<String>>(&mut self, items: impl IntoIterator<Item = T>) -> &mut Self {
        self.list(Block::List, items)
    }

    /// Numbered addresses, never wrapped.
    pub fn addresses<'a>(&mut self, addresses: impl IntoIterator<Item = &'a String>) -> &mut Self {
        self.list(Block::Addresses, addresses)
    }

    /// What a person wrote, line by line, word for word.
    pub fn quote<'a>(&mut self, lines: impl IntoIterator<Item = &'a String>) -> &mut Self {
        self.list(Block::Quote, lines)
    }

    /// Lines that are copied as they are, such as a command or a signature.
    pub fn verbatim<'a>(&mut self, lines: impl IntoIterator<Item = &'a String>) -> &mut Self {
        self.list(Block::Verbatim, lines)
    }

    /// Why the reader gets this letter.
    pub fn reason(&mut self, text: impl Into<String>) -> &mut Self {
        self.push(Block::Reason(text.into()))
    }

    /// The blocks in their order.
    pub fn into_blocks(self) -> Vec<Block> {
        self.blocks
    }

    fn list<T: Into<String>>(
        &mut self,
        kind: fn(Vec<String>) -> Block,
        items: impl IntoIterator<Item = T>,
    ) -> &mut Self {
        let items: Vec<String> = items.into_iter().map(Into::into).collect();
        if items.is_empty() { self } else { self.push(kind(items)) }
    }

    fn push(&mut self, block: Block) -> &mut Self {
        self.blocks.push(block);
        self
    }
}
