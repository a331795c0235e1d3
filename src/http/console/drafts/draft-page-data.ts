import type { Check, DraftApproval, DraftVersionInfo, TextConflict } from '../../../digests/index.ts'
import type { Locale } from '../../../kernel/messages.ts'
import type { TestList } from '../../../newsletters/index.ts'
import type { ErrorBody } from '../../server/answer-error.ts'
import type { StoryRow } from '../describe-stories.ts'
import type { DraftChange } from './describe-changes.ts'
import type { PrepareView } from './describe-prepare.ts'
import type { DraftFrame } from './draft-frame.ts'
import type { Look, SeenAs } from './preview-routes.ts'

type Problem = { error?: ErrorBody | undefined }

/** The data of each page of a draft. */
export type DraftPageData = {
	'console/approve': DraftFrame &
		Problem & {
			approval: DraftApproval
			isForOther: boolean
			readers: number
			lastPlanned: number | null
			stops: number
			asks: number
			answered: number
			versions: number
			/** When the member has looked before what it shows now. */
			seenAt: Date | null
			/** Since then; null where that is not known any more. */
			changes: DraftChange[] | null
			note: string
		}
	'console/check': DraftFrame &
		Problem & {
			checks: Check[]
			checkedAt: Date
			seconds: number
			audience: PrepareView['audience'] & { active: number }
			readers: number
			lastPlanned: number | null
			mayPrepare: boolean
			maySend: boolean
			hasRight: boolean
			when: { when: 'now' | 'later'; day: string; time: string }
			approval: DraftApproval & { isForOther: boolean; lacks: boolean }
		}
	'console/earlier': DraftFrame & {
		search: string
		stories: Array<StoryRow & { of: Date | null }>
		more: boolean
	}
	'console/hold': DraftFrame & Problem
	'console/prepare': DraftFrame &
		PrepareView &
		Problem & {
			/** Who else has it open, in words. */
			others: string
			edit: number | 'new' | null
			/** The form on the story `edit` as it was filled, where it comes back. */
			typedStory: Record<string, string> | null
			conflicts: TextConflict[]
		}
	'console/preview': DraftFrame &
		Problem & {
			look: Look & { variant: number; language: Locale }
			mail: {
				index: number
				count: number
				readers: number
				subject: string
				preheader: string
				text: string
				from: { name: string; address: string }
			} | null
			/** Null where who looks may not see readers. */
			as: SeenAs | null
			/** To which form `error` belongs. */
			part: 'test' | 'reader' | null
			to: string
			lists: TestList[]
			tested: string | null
		}
	'console/versions': DraftFrame & {
		versions: Array<Omit<DraftVersionInfo, 'content'>>
		/** The one that is looked at. */
		looked: (DraftVersionInfo & { stories: StoryRow[] }) | null
		mayRestore: boolean
	}
}
