// the name beside an address tells who sends, without pictures: Google's sender guidelines
export const notInFromNames = /\p{Emoji_Presentation}|@/gu
