import { OnewayError } from '../../src/errors.ts';

/**
 * JSON in which comments (to the end of a line, or between slash-star and star-slash) and commas after the last member are allowed. They are blanked out, so that lines stay where they are.
 * @param where for messages, such as the file's name.
 * @throws OnewayError `CONFIGURATION_INVALID` with what is wrong where.
 */
export function parseCommentedJson(text: string, where: string): unknown {
  try {
    return JSON.parse(plainJson(text));
  } catch (error) {
    throw new OnewayError('CONFIGURATION_INVALID', `${where} is not JSON: ${(error as Error).message}`, {
      hint: 'Comments and commas at the end of a list are allowed; everything else is strict JSON.',
      cause: error,
      details: { file: where },
    });
  }
}

const blank = (text: string): string => text.replaceAll(/[^\n]/g, ' ');

/** Strings are matched first, so that nothing in them is taken for a comment or a comma. */
function plainJson(text: string): string {
  const bare = text
    .replace(/^\uFEFF/, ' ')
    .replaceAll(
      /("(?:[^"\\\n]|\\.)*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g,
      (found, string?: string) => string ?? blank(found),
    );
  return bare.replaceAll(
    /("(?:[^"\\\n]|\\.)*")|(?<![[{,]\s*),(?=\s*[}\]])/g,
    (_found, string?: string) => string ?? ' ',
  );
}
