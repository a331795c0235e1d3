import { wholeNumber } from './setting-kinds.ts'

const orForGood = (usual: number) => wholeNumber(0, 36_500).default(usual)

/** For how many days what is kept of persons stays, as `.env.example` lists it; 0, where it may be: for good. */
export const retentionSettings = {
	UNCONFIRMED_DAYS: wholeNumber(1, 365).default(30),
	NOTICE_DAYS: wholeNumber(7, 36_500).default(400),
	LEFT_DAYS: orForGood(0),
	RECEIPT_DAYS: orForGood(1_095),
	RETENTION_DAYS: orForGood(400),
	AUDIT_DAYS: orForGood(1_095),
}
