/** What the words of a schedule can mean. Days are numbered as cron does, Sunday first. */
export type Meaning =
	| { kind: 'filler' }
	| { kind: 'range' }
	| { kind: 'day'; day: number }
	| { kind: 'days'; days: readonly number[] }
	/** `day` by itself: every day, or the last day of a month. */
	| { kind: 'any_day' }
	| { kind: 'week' }
	| { kind: 'month' }
	/** The which-th weekday of a month; -1 is the last. */
	| { kind: 'ordinal'; nth: number }
	| { kind: 'number'; number: number; suffixed: boolean }

const workdays = [1, 2, 3, 4, 5]

const days: readonly string[] = [
	'sunday sundays sun dimanche dimanches dim',
	'monday mondays mon lundi lundis lun',
	'tuesday tuesdays tue tues mardi mardis mar',
	'wednesday wednesdays wed mercredi mercredis mer',
	'thursday thursdays thu thur thurs jeudi jeudis jeu',
	'friday fridays fri vendredi vendredis ven',
	'saturday saturdays sat samedi samedis sam',
]

const ordinals: ReadonlyArray<readonly [words: string, nth: number]> = [
	['first premier premiers', 1],
	['second deuxieme deuxiemes', 2],
	['third troisieme troisiemes', 3],
	['fourth quatrieme quatriemes', 4],
	['last dernier derniers', -1],
]

// accents are gone by then
const others: ReadonlyArray<readonly [words: string, meaning: Meaning]> = [
	['every each all on the of in at and from', { kind: 'filler' }],
	['chaque tous toutes le les la de du des et en l d', { kind: 'filler' }],
	['to through until a au jusqu - –', { kind: 'range' }],
	['day days daily everyday jour jours quotidien quotidienne quotidiennement', { kind: 'any_day' }],
	['weekday weekdays working business ouvrable ouvrables ouvre ouvres', { kind: 'days', days: workdays }],
	['weekend weekends week-end week-ends', { kind: 'days', days: [0, 6] }],
	['week weeks weekly semaine semaines hebdomadaire', { kind: 'week' }],
	['month months monthly mois mensuel mensuelle mensuellement', { kind: 'month' }],
]

const meanings = new Map<string, Meaning>([
	...days.flatMap((words, day) => entries(words, { kind: 'day', day })),
	...ordinals.flatMap(([words, nth]) => entries(words, { kind: 'ordinal', nth })),
	...others.flatMap(([words, meaning]) => entries(words, meaning)),
])

function entries(words: string, meaning: Meaning): Array<[string, Meaning]> {
	return words.split(' ').map((word) => [word, meaning])
}

/** What a word means, in lower case and without accents; undefined for one that schedules don't have. */
export function meaningOf(word: string): Meaning | undefined {
	const [, digits, suffix] = /^(\d{1,2})(st|nd|rd|th|er|e|eme)?$/.exec(word) ?? []
	if (digits) return { kind: 'number', number: Number(digits), suffixed: suffix !== undefined }
	return meanings.get(word)
}
