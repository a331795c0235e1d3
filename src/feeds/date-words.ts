/** The months in English, French, German, Spanish, Portuguese, Italian and Dutch, without accents. */
const months = [
	'january janvier januar janner enero janeiro gennaio januari',
	'february fevrier februar feber febrero fevereiro febbraio februari',
	'march mars marz marzo marco maart mrz mrt maerz',
	'april avril abril aprile',
	'may mai mayo maio maggio mei',
	'june juin juni junio junho giugno',
	'july juillet juli julio julho luglio jly',
	'august aout agosto augustus',
	'september septembre septiembre setiembre setembro settembre',
	'october octobre oktober octubre outubro ottobre',
	'november novembre noviembre novembro',
	'december decembre dezember diciembre dezembro dicembre',
].map((names) => names.split(' '))

const weekdays =
	'monday tuesday wednesday thursday friday saturday sunday lundi mardi mercredi jeudi vendredi samedi dimanche montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag lunes martes miercoles jueves viernes sabado domingo segunda terca quarta quinta sexta lunedi martedi mercoledi giovedi venerdi sabato domenica maandag dinsdag woensdag donderdag vrijdag zaterdag zondag'.split(
		' ',
	)

// what stands between the parts of a date: of, at, the, o'clock
const fillers = new Set(
	'de del der den des di do da du d l le la las il el the of on at um am uhr alle ore om op kl klokken a as et e y en feira gegen vers um h hrs gmt utc'.split(
		' ',
	),
)

/** 1 to 12, or undefined where no month begins like that, or several do (`jui`). At least three letters. */
export function monthNumber(word: string): number | undefined {
	if (word.length < 3) return undefined
	const found = months.flatMap((names, index) =>
		names.some((name) => name.startsWith(word)) ? index + 1 : [],
	)
	return found.length === 1 ? found[0] : undefined
}

/** Whether a word is a day of the week, or its first two letters and more. */
export function isWeekday(word: string): boolean {
	return word.length >= 2 && weekdays.some((name) => name.startsWith(word))
}

export function isFiller(word: string): boolean {
	return fillers.has(word)
}
