package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"truce/desk"
	"truce/reading"
	"truce/reading/beside"
	"truce/reading/marked"
)

// corpusFolder holds the marked texts, from the folder of the project.
const corpusFolder = "reading/testdata/corpus"

// readings measures the built-in reader against the marked texts: precision and recall by
// kind, for all texts of a split and by language; then which texts tell one story.
func readings(w io.Writer, data string) error {
	texts, err := marked.Corpus(corpusFolder)
	if err != nil {
		return err
	}
	others, missing, err := marked.Beside(corpusFolder, data)
	if err != nil {
		return err
	}
	for _, path := range missing {
		fmt.Fprintf(os.Stderr, "quality: reading: %s is missing\n", path)
	}
	b, err := os.ReadFile(filepath.Join(corpusFolder, "places.txt"))
	if err != nil {
		return err
	}
	places, err := marked.ParsePlaces("places.txt", b)
	if err != nil {
		return err
	}
	reader, err := desk.SampleReader()
	if err != nil {
		return err
	}
	groups, read := marked.Groups{}, map[string]reading.Reading{}
	for _, t := range append(texts, others...) {
		r, err := reader.Read(context.Background(), t.Text, t.Account())
		if err != nil {
			return err
		}
		score, _ := marked.Held(t, r, places)
		groups.Add(score, t.Head["split"], t.Head["split"]+"."+t.Head["language"], t.Head["split"]+"."+sourceOf(t))
		read[t.Name] = r
	}
	for _, name := range groups.Names() {
		groups[name].Figures(w, "reading."+name)
	}
	stories(w, texts, read)
	return nil
}

// sourceOf says where a text comes from: written for the corpus, or shared with us.
func sourceOf(t marked.Text) string {
	if t.Head["source"] == "" {
		return "written"
	}
	folder, _, _ := strings.Cut(t.Head["source"], "/")
	return folder
}

// stories measures which of every two texts of the corpus are said to tell one story.
func stories(w io.Writer, texts []marked.Text, read map[string]reading.Reading) {
	var t marked.Tally
	for i, a := range texts {
		for _, b := range texts[i+1:] {
			same := a.Head["story"] != "" && a.Head["story"] == b.Head["story"]
			said := beside.Compare(read[a.Name], read[b.Name]).Same
			t.Marks += one(same)
			t.Items += one(said)
			t.Found += one(same && said)
		}
	}
	share(w, "beside.same.precision", t.Found, t.Items)
	share(w, "beside.same.recall", t.Found, t.Marks)
	figure(w, "beside.same.of", t.Marks)
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
