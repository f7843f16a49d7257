import type { ComponentChildren } from 'preact';

interface FileButtonProps {
  label: ComponentChildren;
  /** Of the label; a link unless given. */
  class?: string;
  accept?: string;
  /** Takes several files. */
  multiple?: boolean;
  /** Takes all files of a folder. */
  directory?: boolean;
  /** Called with one file or more. */
  onPick(files: File[]): void;
}

/** A button that picks files. The same file can be picked again. */
export function FileButton({ label, class: kind = 'file-link', accept, multiple, directory, onPick }: FileButtonProps) {
  return (
    <label class={kind}>
      <input
        type="file"
        multiple={multiple}
        accept={accept}
        {...(directory && { webkitdirectory: true })}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          currentTarget.value = '';
          if (files.length > 0) onPick(files);
        }}
      />
      <span>{label}</span>
    </label>
  );
}
