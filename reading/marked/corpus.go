package marked

import (
	"os"
	"path/filepath"
	"slices"
)

// Corpus reads every text of a folder with its marks inside, by name.
func Corpus(dir string) ([]Text, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.marked"))
	if err != nil {
		return nil, err
	}
	slices.Sort(files)
	out := make([]Text, 0, len(files))
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		t, err := Parse(filepath.ToSlash(file), b)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// Beside reads every file of marks in dir whose text stands below data, the folder of
// shared texts. Files whose text is not there are named in missing.
func Beside(dir, data string) (out []Text, missing []string, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.beside"))
	if err != nil {
		return nil, nil, err
	}
	slices.Sort(files)
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, nil, err
		}
		path := filepath.Join(data, Source(b))
		whole, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			missing = append(missing, path)
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		t, err := ParseBeside(filepath.ToSlash(file), b, string(whole))
		if err != nil {
			return nil, nil, err
		}
		out = append(out, t)
	}
	return out, missing, nil
}
