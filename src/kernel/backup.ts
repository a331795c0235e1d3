/** Gives all that is in the database at one moment, as lines of text, part by part. See `docs/restoring.md` for what they hold. */
export type MakeBackup = () => AsyncGenerator<string>
