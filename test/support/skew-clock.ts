// Preloaded into a process with `--import`: its Date is off by CLOCK_SKEW_SECONDS, as on a machine whose clock is wrong.
// What counts without a clock (timers, performance.now) is as it was.

const skewMs = 1_000 * Number(process.env.CLOCK_SKEW_SECONDS)

globalThis.Date = new Proxy(Date, {
	construct: (date, values, newTarget) =>
		Reflect.construct(date, values.length === 0 ? [date.now() + skewMs] : values, newTarget),
	apply: (date) => new date(date.now() + skewMs).toString(),
	get: (date, name) => (name === 'now' ? () => date.now() + skewMs : Reflect.get(date, name)),
})
