import type { DraftFirst, Schedule } from '../../../newsletters/index.ts'

/** The form on when a newsletter goes out. `pattern`: as cron writes it, for what days and a time can't say. */
export type ScheduleFields = {
	how: 'never' | 'days' | 'pattern'
	days: string[]
	time: string
	cron: string
	timeZone: string
	/** What comes before it goes out. */
	first: 'send' | 'then_send' | 'wait'
	/** `HH:MM` */
	sendAt: string
}

const usual: ScheduleFields = {
	how: 'never',
	days: ['4'],
	time: '07:00',
	cron: '',
	timeZone: 'America/Toronto',
	first: 'send',
	sendAt: '09:00',
}

export function scheduleFieldsOf(schedule: Schedule | null): ScheduleFields {
	if (!schedule) return usual
	const { cron, timeZone } = schedule
	const draft = draftFields(schedule)
	const [, minute, hour, days = ''] = /^(\d{1,2}) (\d{1,2}) \* \* (\*|[0-7](?:,[0-7])*)$/.exec(cron) ?? []
	if (minute === undefined || hour === undefined)
		return { ...usual, how: 'pattern', cron, timeZone, ...draft }
	const chosen =
		days === '*' ? ['0', '1', '2', '3', '4', '5', '6'] : days.split(',').map((day) => String(Number(day) % 7))
	return {
		how: 'days',
		days: chosen,
		time: `${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`,
		cron,
		timeZone,
		...draft,
	}
}

function draftFields({ draftFirst }: Schedule): Pick<ScheduleFields, 'first' | 'sendAt'> {
	if (!draftFirst) return { first: 'send', sendAt: usual.sendAt }
	if (draftFirst.sendAt === null) return { first: 'wait', sendAt: usual.sendAt }
	return { first: 'then_send', sendAt: draftFirst.sendAt }
}

/** What the form says: a schedule as the API takes it (null for none), and the form itself, to be shown again. */
export function readSchedule(body: Record<string, string | string[]>): {
	fields: ScheduleFields
	schedule: (Required<Pick<Schedule, 'cron' | 'timeZone'>> & { draftFirst: DraftFirst | null }) | null
} {
	const one = (name: string) => [body[name] ?? ''].flat()[0]?.trim() ?? ''
	const first = one('first')
	const how = one('how') === 'days' || one('how') === 'pattern' ? (one('how') as 'days' | 'pattern') : 'never'
	const fields: ScheduleFields = {
		how,
		days: [body.days ?? []].flat(),
		time: one('time'),
		cron: one('cron'),
		timeZone: one('timeZone'),
		first: first === 'then_send' || first === 'wait' ? first : 'send',
		sendAt: one('sendAt').replace(/^(\d):/, '0$1:'),
	}
	const { timeZone } = fields
	const draftFirst =
		fields.first === 'send' ? null : { sendAt: fields.first === 'wait' ? null : fields.sendAt }
	if (how === 'never') return { fields, schedule: null }
	if (how === 'pattern') return { fields, schedule: { cron: fields.cron, timeZone, draftFirst } }
	return { fields, schedule: { cron: toCron(fields), timeZone, draftFirst } }
}

/** Days that are all ticked are every day; what can't be read makes a pattern that is refused. */
function toCron({ days, time }: ScheduleFields): string {
	const [, hour = '?', minute = '?'] = /^(\d{1,2}):(\d\d)$/.exec(time) ?? []
	const known = days.filter((day) => /^[0-6]$/.test(day)).sort()
	const list = known.length === 7 ? '*' : known.length === 0 ? '?' : known.join(',')
	return `${Number(minute)} ${Number(hour)} * * ${list}`
}
