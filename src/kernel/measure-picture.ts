/** In pixels, as the picture stands when it is shown: turned as its EXIF data say. */
export type PictureSize = { width: number; height: number }

/**
 * Asks for the beginning of a picture, through the guard that feeds go through, and reads its size; undefined where it
 * can't be had or is of a kind that is not known. Never throws.
 */
export type MeasurePicture = (url: string, signal: AbortSignal) => Promise<PictureSize | undefined>
