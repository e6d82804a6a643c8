"""the house"""

from datetime import datetime, timezone

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = ('default',)
depends_on = None


def upgrade() -> None:
    op.create_table('character',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name_fr', sa.String(), nullable=False),
    sa.Column('name_en', sa.String(), nullable=False),
    sa.Column('also_written', sa.JSON(), nullable=False),
    sa.Column('description_fr', sa.String(), nullable=False),
    sa.Column('description_en', sa.String(), nullable=False),
    sa.Column('certainty_fr', sa.String(), nullable=True),
    sa.Column('certainty_en', sa.String(), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_character')),
    sa.UniqueConstraint('slug', name=op.f('uq_character_slug'))
    )
    op.create_table('fact',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('section', sa.Enum('identity', 'shooting', 'origin', 'poster', 'story', 'link', name='factsection', native_enum=False, length=32), nullable=False),
    sa.Column('label_fr', sa.String(), nullable=False),
    sa.Column('label_en', sa.String(), nullable=False),
    sa.Column('value_fr', sa.String(), nullable=True),
    sa.Column('value_en', sa.String(), nullable=True),
    sa.Column('url', sa.String(), nullable=True),
    sa.Column('certainty_fr', sa.String(), nullable=True),
    sa.Column('certainty_en', sa.String(), nullable=True),
    sa.Column('on', sa.Date(), nullable=True),
    sa.Column('precision', sa.Enum('day', 'week', 'month', 'year', 'from', 'before', 'unknown', name='dateprecision', native_enum=False, length=32), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_fact')),
    sa.UniqueConstraint('slug', name=op.f('uq_fact_slug'))
    )
    op.create_table('film',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('title_parts', sa.JSON(), nullable=False),
    sa.Column('short_title', sa.String(), nullable=False),
    sa.Column('mark', sa.String(), nullable=False),
    sa.Column('working_title', sa.String(), nullable=True),
    sa.Column('also_written', sa.JSON(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('country_fr', sa.String(), nullable=False),
    sa.Column('country_en', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('genres_fr', sa.JSON(), nullable=False),
    sa.Column('genres_en', sa.JSON(), nullable=False),
    sa.Column('first_feature', sa.Boolean(), nullable=False),
    sa.Column('inspired_by_real_events', sa.Boolean(), nullable=False),
    sa.Column('production_company', sa.String(), nullable=False),
    sa.Column('lead_fr', sa.String(), nullable=False),
    sa.Column('lead_en', sa.String(), nullable=False),
    sa.Column('synopsis_short_fr', sa.String(), nullable=False),
    sa.Column('synopsis_short_en', sa.String(), nullable=False),
    sa.Column('synopsis_long_fr', sa.String(), nullable=False),
    sa.Column('synopsis_long_en', sa.String(), nullable=False),
    sa.Column('sign_town', sa.String(), nullable=False),
    sa.Column('sign_route', sa.String(), nullable=False),
    sa.Column('dossier_closed_on', sa.Date(), nullable=False),
    sa.Column('unknown_fr', sa.JSON(), nullable=False),
    sa.Column('unknown_en', sa.JSON(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_film')),
    sa.UniqueConstraint('slug', name=op.f('uq_film_slug'))
    )
    op.create_table('outlet',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('url', sa.String(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outlet')),
    sa.UniqueConstraint('slug', name=op.f('uq_outlet_slug'))
    )
    op.create_table('person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('also_written', sa.JSON(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('slug', name=op.f('uq_person_slug'))
    )
    op.create_table('redirect',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('old', sa.String(), nullable=False),
    sa.Column('new', sa.String(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_redirect')),
    sa.UniqueConstraint('old', name=op.f('uq_redirect_old'))
    )
    op.create_table('release',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('theatrical', 'video', 'vod', 'contested', name='releasekind', native_enum=False, length=32), nullable=False),
    sa.Column('announced_on', sa.Date(), nullable=True),
    sa.Column('last_year', sa.Integer(), nullable=True),
    sa.Column('territory', sa.String(), nullable=True),
    sa.Column('platform_fr', sa.String(), nullable=True),
    sa.Column('platform_en', sa.String(), nullable=True),
    sa.Column('note_fr', sa.String(), nullable=True),
    sa.Column('note_en', sa.String(), nullable=True),
    sa.Column('missing_fr', sa.JSON(), nullable=False),
    sa.Column('missing_en', sa.JSON(), nullable=False),
    sa.Column('certainty_fr', sa.String(), nullable=True),
    sa.Column('certainty_en', sa.String(), nullable=True),
    sa.Column('on', sa.Date(), nullable=True),
    sa.Column('precision', sa.Enum('day', 'week', 'month', 'year', 'from', 'before', 'unknown', name='dateprecision', native_enum=False, length=32), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_release')),
    sa.UniqueConstraint('slug', name=op.f('uq_release_slug'))
    )
    revision_table = op.create_table('revision',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('moved_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_revision'))
    )
    op.create_table('source',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('outlet', sa.String(), nullable=False),
    sa.Column('url', sa.String(), nullable=False),
    sa.Column('press_slug', sa.String(), nullable=True),
    sa.Column('on', sa.Date(), nullable=True),
    sa.Column('precision', sa.Enum('day', 'week', 'month', 'year', 'from', 'before', 'unknown', name='dateprecision', native_enum=False, length=32), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_source')),
    sa.UniqueConstraint('slug', name=op.f('uq_source_slug'))
    )
    op.create_table('tag',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('label_fr', sa.String(), nullable=False),
    sa.Column('label_en', sa.String(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tag')),
    sa.UniqueConstraint('slug', name=op.f('uq_tag_slug'))
    )
    op.create_table('tour',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('towns_announced', sa.Integer(), nullable=False),
    sa.Column('teams', sa.Integer(), nullable=False),
    sa.Column('note_fr', sa.String(), nullable=False),
    sa.Column('note_en', sa.String(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tour')),
    sa.UniqueConstraint('slug', name=op.f('uq_tour_slug'))
    )
    op.create_table('town',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('department', sa.String(), nullable=False),
    sa.Column('latitude', sa.Double(), nullable=False),
    sa.Column('longitude', sa.Double(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_town')),
    sa.UniqueConstraint('slug', name=op.f('uq_town_slug'))
    )
    op.create_table('citation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_citation_source_id_source')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_citation')),
    sa.UniqueConstraint('subject', 'source_id', name=op.f('uq_citation_subject'))
    )
    with op.batch_alter_table('citation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_citation_source_id'), ['source_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_citation_subject'), ['subject'], unique=False)

    op.create_table('credit',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('department', sa.Enum('cast', 'crew', name='department', native_enum=False, length=32), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('character_id', sa.Integer(), nullable=True),
    sa.Column('jobs', sa.JSON(), nullable=False),
    sa.Column('role_fr', sa.String(), nullable=True),
    sa.Column('role_en', sa.String(), nullable=True),
    sa.Column('note_fr', sa.String(), nullable=True),
    sa.Column('note_en', sa.String(), nullable=True),
    sa.Column('certainty_fr', sa.String(), nullable=True),
    sa.Column('certainty_en', sa.String(), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['character_id'], ['character.id'], name=op.f('fk_credit_character_id_character')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_credit_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_credit')),
    sa.UniqueConstraint('slug', name=op.f('uq_credit_slug'))
    )
    with op.batch_alter_table('credit', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_credit_character_id'), ['character_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_credit_person_id'), ['person_id'], unique=False)

    op.create_table('event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('town_id', sa.Integer(), nullable=False),
    sa.Column('place', sa.String(), nullable=True),
    sa.Column('note_fr', sa.String(), nullable=False),
    sa.Column('note_en', sa.String(), nullable=False),
    sa.Column('on', sa.Date(), nullable=True),
    sa.Column('precision', sa.Enum('day', 'week', 'month', 'year', 'from', 'before', 'unknown', name='dateprecision', native_enum=False, length=32), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['town_id'], ['town.id'], name=op.f('fk_event_town_id_town')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event')),
    sa.UniqueConstraint('slug', name=op.f('uq_event_slug'))
    )
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_event_town_id'), ['town_id'], unique=False)

    op.create_table('press_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('outlet_id', sa.Integer(), nullable=False),
    sa.Column('outlet_note_fr', sa.String(), nullable=True),
    sa.Column('outlet_note_en', sa.String(), nullable=True),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('title_note_fr', sa.String(), nullable=True),
    sa.Column('title_note_en', sa.String(), nullable=True),
    sa.Column('author', sa.String(), nullable=True),
    sa.Column('author_note_fr', sa.String(), nullable=True),
    sa.Column('author_note_en', sa.String(), nullable=True),
    sa.Column('interviewer', sa.String(), nullable=True),
    sa.Column('date_note_fr', sa.String(), nullable=True),
    sa.Column('date_note_en', sa.String(), nullable=True),
    sa.Column('public_on', sa.Date(), nullable=False),
    sa.Column('url', sa.String(), nullable=False),
    sa.Column('republished_where', sa.String(), nullable=True),
    sa.Column('republished_on', sa.Date(), nullable=True),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('kind', sa.Enum('interview', 'report', 'news', 'article', 'review', name='presskind', native_enum=False, length=32), nullable=False),
    sa.Column('about', sa.Enum('film', 'context', name='about', native_enum=False, length=32), nullable=False),
    sa.Column('seen', sa.Enum('whole', 'beginning', name='seen', native_enum=False, length=32), nullable=False),
    sa.Column('summary_fr', sa.String(), nullable=False),
    sa.Column('summary_en', sa.String(), nullable=False),
    sa.Column('search_text', sa.String(), nullable=False),
    sa.Column('on', sa.Date(), nullable=True),
    sa.Column('precision', sa.Enum('day', 'week', 'month', 'year', 'from', 'before', 'unknown', name='dateprecision', native_enum=False, length=32), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['outlet_id'], ['outlet.id'], name=op.f('fk_press_item_outlet_id_outlet')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_press_item')),
    sa.UniqueConstraint('slug', name=op.f('uq_press_item_slug'))
    )
    with op.batch_alter_table('press_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_press_item_outlet_id'), ['outlet_id'], unique=False)
        batch_op.create_index('ix_press_item_public', ['public_on', 'on'], unique=False)

    op.create_table('venue',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('town_id', sa.Integer(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['town_id'], ['town.id'], name=op.f('fk_venue_town_id_town')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_venue')),
    sa.UniqueConstraint('slug', name=op.f('uq_venue_slug'))
    )
    with op.batch_alter_table('venue', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_venue_town_id'), ['town_id'], unique=False)

    op.create_table('event_guest',
    sa.Column('event_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_event_guest_event_id_event')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_event_guest_person_id_person')),
    sa.PrimaryKeyConstraint('event_id', 'person_id', name=op.f('pk_event_guest'))
    )
    with op.batch_alter_table('event_guest', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_event_guest_person_id'), ['person_id'], unique=False)

    op.create_table('press_person',
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['press_item.id'], name=op.f('fk_press_person_item_id_press_item')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_press_person_person_id_person')),
    sa.PrimaryKeyConstraint('item_id', 'person_id', name=op.f('pk_press_person'))
    )
    with op.batch_alter_table('press_person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_press_person_person_id'), ['person_id'], unique=False)

    op.create_table('press_tag',
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('tag_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['press_item.id'], name=op.f('fk_press_tag_item_id_press_item')),
    sa.ForeignKeyConstraint(['tag_id'], ['tag.id'], name=op.f('fk_press_tag_tag_id_tag')),
    sa.PrimaryKeyConstraint('item_id', 'tag_id', name=op.f('pk_press_tag'))
    )
    with op.batch_alter_table('press_tag', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_press_tag_tag_id'), ['tag_id'], unique=False)

    op.create_table('question',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('item_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('topic_fr', sa.String(), nullable=False),
    sa.Column('topic_en', sa.String(), nullable=False),
    sa.Column('answer_fr', sa.String(), nullable=False),
    sa.Column('answer_en', sa.String(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['item_id'], ['press_item.id'], name=op.f('fk_question_item_id_press_item')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_question'))
    )
    with op.batch_alter_table('question', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_question_item_id'), ['item_id'], unique=False)

    op.create_table('screening',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('kind', sa.Enum('preview', 'regular', 'national_release', name='screeningkind', native_enum=False, length=32), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('team_arrives_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('town_id', sa.Integer(), nullable=True),
    sa.Column('venue_id', sa.Integer(), nullable=True),
    sa.Column('territory', sa.String(), nullable=True),
    sa.Column('shows', sa.Integer(), nullable=True),
    sa.Column('with_debate', sa.Boolean(), nullable=False),
    sa.Column('host', sa.String(), nullable=True),
    sa.Column('note_fr', sa.String(), nullable=True),
    sa.Column('note_en', sa.String(), nullable=True),
    sa.Column('certainty_fr', sa.String(), nullable=True),
    sa.Column('certainty_en', sa.String(), nullable=True),
    sa.Column('on', sa.Date(), nullable=True),
    sa.Column('precision', sa.Enum('day', 'week', 'month', 'year', 'from', 'before', 'unknown', name='dateprecision', native_enum=False, length=32), nullable=True),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['town_id'], ['town.id'], name=op.f('fk_screening_town_id_town')),
    sa.ForeignKeyConstraint(['venue_id'], ['venue.id'], name=op.f('fk_screening_venue_id_venue')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_screening')),
    sa.UniqueConstraint('slug', name=op.f('uq_screening_slug'))
    )
    with op.batch_alter_table('screening', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_screening_town_id'), ['town_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_screening_venue_id'), ['venue_id'], unique=False)

    op.create_table('screening_guest',
    sa.Column('screening_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_screening_guest_person_id_person')),
    sa.ForeignKeyConstraint(['screening_id'], ['screening.id'], name=op.f('fk_screening_guest_screening_id_screening')),
    sa.PrimaryKeyConstraint('screening_id', 'person_id', name=op.f('pk_screening_guest'))
    )
    with op.batch_alter_table('screening_guest', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_screening_guest_person_id'), ['person_id'], unique=False)

    revision_row = {"id": 1, "number": 0, "moved_at": datetime(2010, 11, 17, tzinfo=timezone.utc)}
    op.bulk_insert(revision_table, [revision_row])


def downgrade() -> None:
    with op.batch_alter_table('screening_guest', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_screening_guest_person_id'))

    op.drop_table('screening_guest')
    with op.batch_alter_table('screening', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_screening_venue_id'))
        batch_op.drop_index(batch_op.f('ix_screening_town_id'))

    op.drop_table('screening')
    with op.batch_alter_table('question', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_question_item_id'))

    op.drop_table('question')
    with op.batch_alter_table('press_tag', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_press_tag_tag_id'))

    op.drop_table('press_tag')
    with op.batch_alter_table('press_person', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_press_person_person_id'))

    op.drop_table('press_person')
    with op.batch_alter_table('event_guest', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_event_guest_person_id'))

    op.drop_table('event_guest')
    with op.batch_alter_table('venue', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_venue_town_id'))

    op.drop_table('venue')
    with op.batch_alter_table('press_item', schema=None) as batch_op:
        batch_op.drop_index('ix_press_item_public')
        batch_op.drop_index(batch_op.f('ix_press_item_outlet_id'))

    op.drop_table('press_item')
    with op.batch_alter_table('event', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_event_town_id'))

    op.drop_table('event')
    with op.batch_alter_table('credit', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_credit_person_id'))
        batch_op.drop_index(batch_op.f('ix_credit_character_id'))

    op.drop_table('credit')
    with op.batch_alter_table('citation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_citation_subject'))
        batch_op.drop_index(batch_op.f('ix_citation_source_id'))

    op.drop_table('citation')
    op.drop_table('town')
    op.drop_table('tour')
    op.drop_table('tag')
    op.drop_table('source')
    op.drop_table('revision')
    op.drop_table('release')
    op.drop_table('redirect')
    op.drop_table('person')
    op.drop_table('outlet')
    op.drop_table('film')
    op.drop_table('fact')
    op.drop_table('character')
