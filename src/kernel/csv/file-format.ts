/** How the bytes of a table stand for letters (labels of the WHATWG Encoding Standard). */
export const fileEncodings = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'] as const
export type FileEncoding = (typeof fileEncodings)[number]

export const fileSeparators = [',', ';', '\t'] as const
export type FileSeparator = (typeof fileSeparators)[number]

/** How the bytes of a table become cells. */
export type FileFormat = { encoding: FileEncoding; separator: FileSeparator }

/** The bytes of a file, piece by piece. */
export type FilePieces = AsyncIterable<Uint8Array> | Iterable<Uint8Array>
