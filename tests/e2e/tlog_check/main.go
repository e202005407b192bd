// Reads an exported log with golang.org/x/mod/sumdb alone: signatures by note, tiles by tlog.
//
// usage: tlog_check FOLDER POLICY. Prints the size and how many witnesses cosigned; exits 1 when
// anything does not hold. The cosignature of C2SP, which x/mod does not know, is one Verifier.
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// A C2SP cosigner (key type 4).
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.hash }
func (c cosigner) Verify(msg, sig []byte) bool {
	if len(sig) != 72 {
		return false
	}
	text := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(sig), msg)
	return ed25519.Verify(c.key, []byte(text), sig[8:])
}

func newCosigner(vkey string) cosigner {
	parts := strings.SplitN(vkey, "+", 3)
	material, err := base64.StdEncoding.DecodeString(parts[2])
	check(err)
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), material...))
	hash := binary.BigEndian.Uint32(sum[:])
	if fmt.Sprintf("%08x", hash) != parts[1] || material[0] != 4 {
		check(fmt.Errorf("%s: no key of a cosigner", vkey))
	}
	return cosigner{parts[0], hash, material[1:]}
}

// The tiles on disk, as x/mod wants them: it checks what it reads against the root.
type reader struct{ folder string }

func (r reader) Height() int { return 8 }
func (r reader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		// x/mod's paths begin with the height, C2SP's do not.
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(r.folder, path))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}
func (r reader) SaveTiles([]tlog.Tile, [][]byte) {}

func main() {
	folder := os.Args[1]
	policy, err := os.ReadFile(os.Args[2])
	check(err)
	var known []note.Verifier
	var log note.Verifier
	needed := 0
	for _, line := range strings.Split(string(policy), "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) > 1 && words[0] == "log":
			log, err = note.NewVerifier(words[1])
			check(err)
			known = append(known, log)
		case len(words) > 2 && words[0] == "witness":
			known = append(known, newCosigner(words[2]))
		case len(words) > 2 && words[0] == "group":
			needed, err = strconv.Atoi(words[2])
			check(err)
		}
	}
	text, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	check(err)
	opened, err := note.Open(text, note.VerifierList(known...))
	check(err)
	signed, cosigned := false, 0
	for _, sig := range opened.Sigs {
		if sig.Name == log.Name() {
			signed = true
		} else {
			cosigned++
		}
	}
	if !signed || cosigned < needed || len(opened.UnverifiedSigs) > 0 {
		check(fmt.Errorf("signed %v, cosigned by %d of %d", signed, cosigned, needed))
	}
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	hash, err := base64.StdEncoding.DecodeString(lines[2])
	check(err)
	tree := tlog.Tree{N: size}
	copy(tree.Hash[:], hash)
	if lines[0] != log.Name() {
		check(fmt.Errorf("the origin is not the log's name"))
	}
	hashes := tlog.TileHashReader(tree, reader{folder})
	// Every leaf is read through tiles that lead to the root, and each entry hashes to its leaf.
	entries := bundles(folder, size)
	for index := int64(0); index < size; index++ {
		proof, err := tlog.ProveRecord(size, index, hashes)
		check(err)
		leaf, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, index)})
		check(err)
		check(tlog.CheckRecord(proof, size, tree.Hash, index, leaf[0]))
		if entries != nil && tlog.RecordHash(entries[index]) != leaf[0] {
			check(fmt.Errorf("entry %d is not its leaf", index))
		}
	}
	fmt.Println(size, cosigned)
}

// All entries, or nothing when the folder has hashes alone.
func bundles(folder string, size int64) [][]byte {
	if _, err := os.Stat(filepath.Join(folder, "tile", "entries")); err != nil {
		return nil
	}
	var all [][]byte
	for n := int64(0); int64(len(all)) < size; n++ {
		width := size - n*256
		if width > 256 {
			width = 256
		}
		tile := tlog.Tile{H: 8, L: 0, N: n, W: int(width)}
		path := strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)
		data, err := os.ReadFile(filepath.Join(folder, path))
		check(err)
		for i := int64(0); i < width; i++ {
			length := int(binary.BigEndian.Uint16(data))
			all = append(all, data[2:2+length])
			data = data[2+length:]
		}
		if len(data) != 0 {
			check(fmt.Errorf("%s: bytes left over", path))
		}
	}
	return all
}
