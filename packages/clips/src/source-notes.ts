/** What a person should know of a source before relying on it; most have nothing to say. */
export function notesOf(source: object): readonly string[] {
  return 'notes' in source && Array.isArray(source.notes) ? source.notes.map(String) : [];
}
