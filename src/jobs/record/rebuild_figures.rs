//! Figures of the transparency report: this month and the last every hour, the last thirteen once a day.

use crate::actions::ActionError;
use crate::app::App;
use crate::domain::base::moment::Span;
use crate::storage::record::figures;

const MONTHS: i64 = 13;

pub(in crate::jobs) async fn run(app: &App) -> Result<usize, ActionError> {
    let now = app.clock.now();
    let last = app.read(figures::rebuilt_at).await?;
    if last.is_some_and(|at| now.since(at) < Span::hours(1)) {
        return Ok(0);
    }
    let new_day = last.is_none_or(|at| at.iso_day() != now.iso_day());
    let months = if new_day { MONTHS } else { 2 };
    for back in 0..months {
        let from = now.month_start(back);
        app.write_quietly(move |tx| Ok(figures::rebuild_month(tx.conn, from, from.next_month())?)).await?;
    }
    app.write_quietly(|tx| Ok(figures::set_rebuilt(tx.conn, tx.now)?)).await?;
    Ok(1)
}
