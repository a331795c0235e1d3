import type { PasswordProblem } from '../kernel/sign-in.ts'

const shortest = 10
const longest = 200
/** So many characters are not of the person's own name and address. */
const ownApart = 8
/** Of zxcvbn's 0 to 4: not to be guessed in 10^8 attempts. */
const enough = 3

/** What is wrong with a password, by its length and by the word lists of zxcvbn, which are read at the first use. */
export async function judgePassword(
	password: string,
	about: readonly string[],
): Promise<PasswordProblem | undefined> {
	const { length } = [...password]
	if (length < shortest) return 'short'
	if (length > longest) return 'long'
	const own = wordsOf(about)
	const foreign = own.reduce((rest, word) => rest.replaceAll(word, ''), password.toLowerCase())
	if ([...foreign].length < ownApart) return 'personal'
	reader ??= readWords()
	const { score, sequence } = (await reader).check(password, own)
	if (score >= enough) return undefined
	const lists = sequence.map((match) => ('dictionaryName' in match ? String(match.dictionaryName) : ''))
	if (lists.includes('userInputs')) return 'personal'
	return lists.some((name) => name.includes('passwords')) ? 'common' : 'weak'
}

function wordsOf(about: readonly string[]): string[] {
	return about
		.flatMap((text) => text.toLowerCase().split(/[^\p{L}\p{N}]+/u))
		.filter((word) => word.length > 2)
}

let reader: ReturnType<typeof readWords> | undefined

async function readWords() {
	const [{ ZxcvbnFactory }, common, english, french] = await Promise.all([
		import('@zxcvbn-ts/core'),
		import('@zxcvbn-ts/language-common'),
		import('@zxcvbn-ts/language-en'),
		import('@zxcvbn-ts/language-fr'),
	])
	return new ZxcvbnFactory({
		dictionary: {
			passwords: common.dictionary['passwords-common'],
			diceware: common.dictionary['diceware-common'],
			englishWords: english.dictionary['commonWords-en'],
			frenchWords: french.dictionary['commonWords-fr'],
		},
		graphs: common.adjacencyGraphs,
	})
}
